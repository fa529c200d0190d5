// Puts the page together, and redraws it after each change.

import { button, el, morph } from "./elements.js";
import { become, follow, players, redraw, state, viewer } from "./state.js";
import { superoffice } from "./superoffice.js";
import { wire } from "./wire.js";
import { nav, stage } from "./workspace.js";

const SIDES = { SuperOffice: superoffice, Wire: wire };
const narrow = matchMedia("(max-width: 1100px)");
let open = narrow.matches ? null : "SuperOffice";
addEventListener("hashchange", () => { // in a narrow window, who opens a place wants to see it
  if (narrow.matches) open = null;
  redraw();
});

function header() {
  const show = (name) => {
    open = open === name ? null : name;
    redraw();
  };
  return el("header", { class: "top" },
    el("strong", {}, "Playground"),
    el("label", {}, el("span", {}, "You are "), el("select", { "aria-label": "You are", onchange: ({ target }) => become(target.value) },
      players().map(({ id, name, locale }) => el("option", { value: id, selected: id === viewer().id }, `${name} (${locale.slice(0, 2)})`)))),
    Object.keys(SIDES).map((name) => button(name, () => show(name), { "aria-expanded": String(open === name), "aria-controls": "side" })));
}

function side() {
  return el("aside", { id: "side", "aria-label": open, "data-id": `side-${open}` },
    el("h2", {}, open, " ", el("small", {}, state.connected ? "The bot is connected" : "The bot is not connected")),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `All of ${open}`, "data-end": open === "Wire" }, SIDES[open]()));
}

// Who has read to the end stays there, whatever comes; who has scrolled back is left alone.
function draw() {
  const ends = () => [...document.querySelectorAll("[data-end]")];
  const away = new Set(ends().filter((box) => box.scrollHeight - box.scrollTop - box.clientHeight > 80));
  const hidden = document.activeElement;
  morph(document.getElementById("page"), el("div", { id: "page", class: open ? "with-side" : "" }, header(), nav(), stage(), open ? side() : null));
  for (const box of ends()) if (!away.has(box)) box.scrollTop = box.scrollHeight;
  // In a narrow window a thread takes the place of its channel, and of the line in which somebody wrote.
  if (hidden.matches("input[type=text]") && !hidden.checkVisibility()) [...document.querySelectorAll(".composer input")].at(-1)?.focus();
}

follow(draw);
