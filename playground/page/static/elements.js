// Makes elements. Text is always a text node: nothing that anybody typed or sent is read as markup.

// el("button", {class: "plain", onclick: act}, "Send"): functions become handlers, true an empty attribute.
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

export const button = (text, onclick, attributes = {}) => el("button", { type: "button", class: "button", onclick, ...attributes }, text);

const HANDLERS = ["onclick", "onchange", "onsubmit", "ontoggle"];
const KEPT = ["open"]; // a person's own: whether details are open
const alike = (one, other) => one?.nodeName === other.nodeName && one.dataset?.id === other.dataset?.id;

// Change what is drawn into what is to be drawn, so that what has the focus keeps it, and a line half written stays.
// Elements with the same data-id are the same thing, and never change their order; others are told apart by their place.
export function morph(drawn, wanted) {
  if (drawn.nodeType === Node.TEXT_NODE) {
    if (drawn.data !== wanted.data) drawn.data = wanted.data;
    return;
  }
  for (const { name } of [...drawn.attributes]) if (!wanted.hasAttribute(name) && !KEPT.includes(name)) drawn.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (drawn.getAttribute(name) !== value) drawn.setAttribute(name, value);
  for (const name of HANDLERS) drawn[name] = wanted[name];
  let at = drawn.firstChild;
  const drop = () => {
    const rest = at.nextSibling;
    at.remove();
    at = rest;
  };
  for (const next of [...wanted.childNodes]) {
    let same = at;
    while (next.dataset?.id && same && !alike(same, next)) same = same.nextSibling;
    if (alike(same, next)) {
      while (at !== same) drop();
      at = at.nextSibling;
      morph(same, next);
    } else drawn.insertBefore(next, at);
  }
  while (at) drop();
  if ("checked" in drawn) drawn.checked = wanted.checked;
  if (drawn.localName === "select") drawn.selectedIndex = wanted.selectedIndex;
}

// Say something for a moment, to eyes and to screen readers.
let silence = 0;
export function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { place.textContent = ""; }, 6000);
}
