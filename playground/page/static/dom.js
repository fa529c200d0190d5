// Makes elements. Text is always a text node: nothing that anybody typed or sent is read as markup.

import { icon } from "./icons.js";

export { icon };

let count = 0;
export const unique = (name) => `${name}-${++count}`;

// el("button", {class: "plain", onclick: act}, "Send"): functions become listeners, true an empty attribute.
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

export const button = (label, attributes, ...children) =>
  el("button", { type: "button", class: "plain", "aria-label": label, title: label, ...attributes }, ...children);

// A list whose lines, {root, fill}, are made once for each item's id and then only filled again, so that what has the
// focus keeps it. Where there are no items there is `empty`.
export function rows(box, make, empty) {
  const made = new Map();
  return (items) => {
    const before = new Map(made);
    made.clear();
    for (const item of items) {
      made.set(item.id, before.get(item.id) ?? make(item));
      made.get(item.id).fill(item);
    }
    arrange(box, made.size ? [...made.values()].map(({ root }) => root) : [empty]);
  };
}

// Let these be all that is in the box, without taking out what is there already.
export function arrange(box, nodes) {
  const wanted = nodes.filter(Boolean);
  for (const child of [...box.childNodes]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((node, index) => { if (box.childNodes[index] !== node) box.insertBefore(node, box.childNodes[index] ?? null); });
}

// Draw what is in the box anew; the control that had the focus has it again.
export function refill(box, ...content) {
  const had = box.contains(document.activeElement) && document.activeElement !== box && document.activeElement.dataset;
  box.replaceChildren(...content);
  if (!had) return;
  const alike = [...box.querySelectorAll("[data-action]")].filter((each) => each.dataset.action === had.action);
  (alike.find((each) => each.dataset.value === had.value) ?? alike[0] ?? box).focus({ preventScroll: true });
}

// Say something for a moment, to eyes and to screen readers.
let silence = 0;
export function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { place.textContent = ""; }, 6000);
}

// A dialog in front of everything; the browser keeps the focus inside, and gives it back.
export function dialog(title, content, buttons = []) {
  const id = unique("title");
  const box = el("dialog", { class: "dialog", "aria-labelledby": id, onclose: () => box.remove() },
    el("div", { class: "dialog-head" }, el("h2", { id }, title), button("Close", { onclick: () => box.close() }, icon("close"))),
    el("div", { class: "dialog-body" }, content),
    buttons.length ? el("div", { class: "dialog-foot" }, buttons) : null);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}

// Code for reading: keys, texts and numbers of JSON, names and values of XML, each in its colour.
const JSON_PARTS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?\b/g;
const XML_PARTS = /(<\/?[\w:.-]+|\/?>)|([\w:.-]+)=("[^"]*")/g;
export function code(kind, text, label) {
  const box = el("pre", { class: "code", tabindex: 0, role: "region", "aria-label": label });
  const parts = { json: JSON_PARTS, xml: XML_PARTS }[kind];
  let end = 0;
  const put = (type, piece) => box.append(type ? el("span", { class: `code-${type}` }, piece) : piece);
  for (const found of parts ? text.matchAll(parts) : []) {
    put("", text.slice(end, found.index));
    end = found.index + found[0].length;
    if (kind === "json") {
      put(found[2] ? "name" : found[1] ? "text" : "value", found[1] ?? found[0]);
      put("", found[2] ?? "");
    } else if (found[1]) put("name", found[1]);
    else { put("attribute", found[2]); put("", "="); put("text", found[3]); }
  }
  put("", text.slice(end));
  return box;
}
