// Choosing from a list by mouse or keyboard: the options themselves, and a menu that opens under a button.

import { el, icon, unique } from "./dom.js";

// Options under an input that keeps the focus. https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
export class Choices {
  constructor(label, input, onpick) {
    this.root = el("div", { role: "listbox", id: unique("choices"), class: "choices", "aria-label": label });
    this.input = input;
    this.onpick = onpick;
    this.options = [];
    this.at = -1;
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.root.id, "aria-expanded": "false" })) {
      input.setAttribute(name, value);
    }
  }

  // `options`: {label, content?, description?, chosen?, …}; {group} begins a group. `at` is the one that Enter takes.
  show(options, at = -1) {
    this.options = options.filter((option) => !option.group);
    this.drawn = this.options.map((option) =>
      el("div", { role: "option", id: unique("choice"), class: "choice", "aria-selected": "false",
        onmousedown: (event) => event.preventDefault(), onclick: () => this.onpick(option) },
      el("span", { class: "choice-label" }, option.content ?? option.label),
      option.description ? el("span", { class: "choice-about" }, option.description) : null));
    this.root.replaceChildren(...options.map((option) =>
      option.group ? el("div", { class: "choice-group", role: "presentation" }, option.group) : this.drawn[this.options.indexOf(option)]));
    this.input.setAttribute("aria-expanded", String(this.options.length > 0));
    this.root.hidden = options.length === 0;
    this.move(at);
  }

  hide() {
    this.show([]);
  }

  get active() {
    return this.options[this.at];
  }

  move(at) {
    this.at = this.options.length ? Math.max(-1, Math.min(at, this.options.length - 1)) : -1;
    this.drawn.forEach((drawn, index) => drawn.setAttribute("aria-selected", String(index === this.at)));
    const active = this.drawn[this.at];
    active?.scrollIntoView({ block: "nearest" });
    if (active) this.input.setAttribute("aria-activedescendant", active.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  // Take a key; true where it is done with.
  key(event) {
    if (!this.options.length) return false;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.move(this.at >= last ? 0 : this.at + 1);
    else if (event.key === "ArrowUp") this.move(this.at <= 0 ? last : this.at - 1);
    else if (event.key === "Enter" && this.active) this.onpick(this.active);
    else return false;
    event.preventDefault();
    return true;
  }
}

// A button that opens a menu with a filter. `load(typed)` gives the options, at once or later.
export function menuButton({ label, shown, id, load, least = 0, onpick }) {
  const face = el("span", { class: "select-text" }, shown);
  const opener = el("button", { type: "button", class: "select", "aria-haspopup": "listbox", "aria-label": `${label}: ${face.textContent}`, "data-action": id },
    face, icon("down"));
  opener.addEventListener("click", () => {
    const input = el("input", { type: "text", class: "filter", "aria-label": label, placeholder: least ? `Type ${least} or more characters` : "Filter" });
    const note = el("p", { class: "choices-note", role: "status" });
    const choices = new Choices(label, input, (option) => { menu.hidePopover(); onpick(option, face); });
    const menu = el("div", { popover: "auto", class: "menu" }, input, choices.root, note);
    let turn = 0;
    const refill = async () => {
      const mine = ++turn;
      if (input.value.length < least) { choices.hide(); return; }
      note.textContent = "Asking…";
      const options = (await load(input.value)) ?? [];
      if (mine !== turn) return; // something else was typed meanwhile
      choices.show(options, options.length ? 0 : -1);
      note.textContent = options.length ? "" : "Nothing found";
    };
    input.addEventListener("input", refill);
    input.addEventListener("keydown", (event) => choices.key(event));
    menu.addEventListener("toggle", (event) => {
      opener.setAttribute("aria-expanded", String(event.newState === "open"));
      if (event.newState === "open") return;
      menu.remove();
      // The message may have been drawn anew meanwhile.
      const again = [...document.querySelectorAll("[data-action]")].findLast((each) => each.dataset.action === id);
      (opener.isConnected ? opener : again)?.focus();
    });
    opener.closest(".pane").append(menu);
    menu.showPopover();
    const { left, bottom, top } = opener.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - 308))}px`;
    if (bottom + 300 < innerHeight) menu.style.top = `${bottom + 4}px`;
    else menu.style.bottom = `${innerHeight - top + 4}px`;
    input.focus();
    refill();
  });
  return opener;
}

