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
