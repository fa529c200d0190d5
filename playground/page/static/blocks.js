// Draws Block Kit from the JSON that the bot sent. What it does not know it shows as such, loudly.

import { button, el } from "./elements.js";
import { act } from "./state.js";
import { emoji, link, mrkdwn, plain, textObject } from "./text.js";

// `message`: {id, blocks, text}. The text is for notifications, and shown only where there are no blocks.
export function drawn(message) {
  if (!message.blocks?.length) return el("div", { class: "text" }, mrkdwn(message.text ?? ""));
  return el("div", { class: "blocks" }, message.blocks.map((block) => BLOCKS[block.type]?.(block, message) ?? unknown("block", block)));
}

const unknown = (what, json) => el("div", { class: "unknown" }, `This page does not know the ${what} “${json.type}”.`);
const text = (object) => el("span", { class: "text" }, textObject(object));
const BLOCKS = {
  header: (block) => el("h2", {}, plain(block.text)),
  divider: () => el("hr"),
  section: (block) => el("div", { class: "row" }, text(block.text)),
  context: (block) => el("div", { class: "row quiet" }, block.elements.map((part) => (part.type === "image" ? unknown("element", part) : text(part)))),
  actions: (block, message) => el("div", { class: "row", "data-id": "actions" }, block.elements.map((element) => control(element, message))),
  rich_text: (block) => el("div", {}, block.elements.map((part) => RICH[part.type]?.(part) ?? unknown("rich text", part))),
};
const RICH = {
  rich_text_section: (part) => el("div", { class: "text" }, part.elements.map(run)),
};
const RUNS = {
  text: (run) => run.text,
  emoji: (run) => emoji(run.name),
  link: (run) => link(run.url, run.text),
};
const STYLES = { bold: "b", italic: "i", strike: "s", code: "code" };
function run(part) {
  const made = RUNS[part.type]?.(part) ?? unknown("rich text", part);
  return Object.entries(STYLES).reduce((inside, [style, name]) => (part.style?.[style] ? el(name, {}, inside) : inside), made);
}

// --- controls ---

const click = (element, message, option) =>
  act({ do: "click", message: message.id, action_id: element.action_id, value: element.value ?? null, option: option ?? null });
const CONTROLS = {
  button: (element, message) =>
    button(plain(element.text), () => click(element, message), { class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label, "data-id": element.action_id }),
  static_select(element, message) {
    const draw = (option) => el("option", { selected: option.value === element.initial_option?.value }, plain(option.text));
    const label = element.placeholder ? plain(element.placeholder) : "Select an item";
    return el("select", { class: "button", "aria-label": label, "data-id": element.action_id, onchange: ({ target }) => click(element, message, element.options[target.selectedIndex - 1]) },
      el("option", { disabled: true, selected: !element.initial_option }, label),
      element.options.map(draw));
  },
};
const control = (element, message) => CONTROLS[element.type]?.(element, message) ?? unknown("element", element);
