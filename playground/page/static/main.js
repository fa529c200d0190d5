// Puts the page together: the person, the theme, the drawers, and the two sides.

import { button, el, icon, rows } from "./dom.js";
import { become, viewer } from "./here.js";
import { act, connect, follow, piece } from "./live.js";
import { superoffice } from "./superoffice.js";
import { wire } from "./wire.js";
import { workspace } from "./workspace.js";

const byId = (id) => document.getElementById(id);

// --- the theme: the system's, until the person chooses ---

function theme() {
  const toggle = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  function set() {
    const kept = localStorage.getItem("playground-theme");
    const dark = kept ? kept === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    toggle.setAttribute("aria-pressed", String(dark));
    toggle.replaceChildren(icon(dark ? "sun" : "moon"));
  }
  toggle.addEventListener("click", () => {
    localStorage.setItem("playground-theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    set();
  });
  system.addEventListener("change", set);
  set();
}

// --- who one is ---

function persons() {
  const fill = rows(byId("persons"), ({ id, name, locale }) => {
    const box = el("input", { type: "radio", name: "person", value: id, onchange: () => become(id) });
    const root = el("label", {}, box, name, " ", el("small", { title: `Reads ${locale}` }, locale.slice(0, 2)));
    return { root, fill: () => { box.checked = id === viewer().id; } };
  });
  follow((changed) => {
    if (piece("people") && changed("people")) fill(Object.values(piece("people")).filter((person) => person.plays));
  });
}

// --- the two sides: beside the conversation where there is room, in front of it where there is none ---

const drawers = new Set(); // what is in front: how to close it
function side(id, opener, narrow) {
  const panel = byId(id);
  const button_ = byId(opener);
  const tight = matchMedia(narrow);
  let open;
  function set(next) {
    open = next;
    panel.classList.toggle("open", open);
    const inFront = open && tight.matches;
    panel.inert = !open && tight.matches;
    panel.hidden = !open && !tight.matches;
    button_.setAttribute("aria-expanded", String(open));
    drawers.delete(close);
    for (const closeOther of drawers) if (inFront) closeOther();
    if (inFront) drawers.add(close);
    byId("stage").inert = drawers.size > 0;
    byId("scrim").hidden = drawers.size === 0;
    if (inFront) panel.querySelector("button, a, input")?.focus();
  }
  const close = () => { if (open && tight.matches) { set(false); button_.focus(); } };
  button_.addEventListener("click", () => set(!open));
  byId("scrim").addEventListener("click", close);
  addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  tight.addEventListener("change", () => set(!tight.matches));
  set(!tight.matches);
  return close;
}

// --- behind the scenes ---

function behind() {
  const root = byId("behind");
  const restart = el("button", { type: "button", class: "button small", onclick: () => act({ do: "restart" }) }, icon("restart"), "Restart the bot");
  const words = el("span", {});
  const light = el("span", { class: "presence" });
  const panels = ["SuperOffice", "Wire"].map((name) => {
    const panel = el("div", { role: "tabpanel", id: `panel-${name}`, class: "panel", "aria-labelledby": `tab-${name}`, hidden: true });
    const tab = el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": panel.id, onclick: () => select(panels.indexOf(entry)) }, name);
    const entry = { tab, panel };
    return entry;
  });
  function select(index) {
    panels.forEach(({ tab, panel }, each) => {
      panel.hidden = each !== index;
      tab.setAttribute("aria-selected", String(each === index));
      tab.tabIndex = each === index ? 0 : -1;
    });
    localStorage.setItem("playground-tab", index);
    const scroll = panels[index].panel.querySelector(".wire-scroll");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  }
  const tabs = el("div", { role: "tablist", class: "tabs", "aria-label": "Behind the scenes", onkeydown: (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (panels.findIndex(({ tab }) => tab === document.activeElement) + step + panels.length) % panels.length;
    select(next);
    panels[next].tab.focus();
  } }, panels.map(({ tab }) => tab));
  root.append(
    el("header", { class: "behind-head" }, el("h2", {}, "Behind the scenes"),
      button("Close behind the scenes", { class: "plain only-drawer", onclick: () => byId("open-behind").click() }, icon("close"))),
    el("div", { class: "botline" }, light, words, restart), tabs, ...panels.map(({ panel }) => panel));
  superoffice(panels[0].panel);
  wire(panels[1].panel);
  select(Number(localStorage.getItem("playground-tab")) === 1 ? 1 : 0);
  const dot = el("span", { class: "trouble-dot", role: "img", "aria-label": "something is wrong" });
  panels[0].tab.append(dot);
  follow((changed) => {
    const office = piece("office");
    if (office && changed("office")) dot.hidden = !(office.down || office.slow || office.garbage);
  });
  follow((changed) => {
    const bot = piece("bot");
    if (!bot || !changed("bot")) return;
    light.dataset.on = bot.connected;
    words.textContent = bot.restarting ? "The bot restarts…" : bot.connected ? "The bot is connected" : "The bot is not connected";
    restart.disabled = bot.restarting;
  });
}

byId("open-places").append(icon("menu"));
byId("open-behind").prepend(icon("gears"));
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault(); // the address's hash is the open place
  (document.querySelector("#composer input") ?? byId("stage")).focus();
});
theme();
persons();
workspace(byId("stage"), byId("places"));
behind();
const closePlaces = side("places", "open-places", "(max-width: 760px)");
side("behind", "open-behind", "(max-width: 1100px)");
byId("places").addEventListener("click", (event) => { if (event.target.closest("a")) closePlaces(); });

connect((connected) => {
  const banner = byId("banner");
  banner.hidden = connected;
  banner.textContent = connected ? "" : "The playground does not answer. This page follows again by itself once it is back.";
});
