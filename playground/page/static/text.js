// Reads Slack's mrkdwn, emoji and dates into elements. https://docs.slack.dev/messaging/formatting-message-text

import { el } from "./elements.js";
import { state } from "./state.js";

const CODE = /(```[^]*?```|`[^`\n]+`)/;
const MARKS = /<([^<>]*)>|:([a-z0-9_+-]+):|(?<![\p{L}\p{N}])([*_~])(?=\S)((?:<[^<>]*>|(?!\3)[^\n])*?\S)\3(?![\p{L}\p{N}])/gu;
const STYLES = { "*": "b", _: "i", "~": "s" };

const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function mrkdwn(text) {
  return text.split(CODE).map((part, index) => (index % 2 ? el("code", {}, unescaped(part.replace(/^`+|`+$/g, ""))) : marked(part)));
}

function marked(text) {
  const made = [];
  let end = 0;
  for (const found of text.matchAll(MARKS)) {
    const [whole, angled, name, mark, inside] = found;
    made.push(unescaped(text.slice(end, found.index)));
    end = found.index + whole.length;
    if (angled !== undefined) made.push(linked(angled));
    else if (name !== undefined) made.push(emoji(name));
    else made.push(el(STYLES[mark], {}, marked(inside)));
  }
  return [...made, unescaped(text.slice(end))];
}

// plain_text: literal but for emoji, and not even those where `emoji` is false.
export const plain = ({ text, emoji: wanted = true }) => (wanted ? text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name)) : text);
export const textObject = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object));
export const emoji = (name) => state.emoji[name] ?? `:${name}:`;

function linked(angled) {
  const [target, ...rest] = angled.split("|");
  const label = unescaped(rest.join("|"));
  if (target.startsWith("!date^")) return when(...target.split("^").slice(1, 3), label);
  if (target.startsWith("!")) return el("span", { class: "ping" }, `@${target.slice(1)}`);
  if (target.startsWith("@") || target.startsWith("#")) return mention(target[0], target.slice(1));
  return link(unescaped(target), label);
}

function mention(mark, id) {
  const known = [...state.people, ...state.places].find((each) => each.id === id);
  return el("span", { class: "ping" }, mark + (known?.name ?? id));
}

// A link says where it leads; nothing is loaded before it is clicked.
export function link(url, label) {
  if (!/^https?:/i.test(url)) return label || url;
  return el("a", { href: url, title: url, target: "_blank", rel: "noopener noreferrer" }, label || url);
}

// A date in the reader's own zone: …/formatting-message-text#date-formatting. A form that this page does not know is replaced
// by the fallback.
const written = (options) => (at) => new Intl.DateTimeFormat(undefined, options).format(at);
const FORMS = {
  date_short_pretty: written({ day: "numeric", month: "short", year: "numeric" }),
  time: written({ hour: "2-digit", minute: "2-digit" }),
  time_secs: written({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
};
function when(timestamp, form, fallback) {
  const at = new Date(Number(timestamp) * 1000);
  const names = [...form.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  if (Number.isNaN(at.getTime()) || !names.length || !names.every((name) => name in FORMS)) return fallback;
  return el("time", { datetime: at.toISOString() }, form.replace(/\{(\w+)\}/g, (_, name) => FORMS[name](at)));
}
export const clock = (seconds, form = "time") => when(seconds, `{${form}}`, "");
