// Reads Slack's mrkdwn, emoji and dates into elements. https://docs.slack.dev/messaging/formatting-message-text

import { el } from "./dom.js";
import { piece } from "./live.js";

const CODE = /(```[^]*?```|`[^`\n]+`)/;
const MARKS = /<([^<>]*)>|:([a-z0-9_+-]+):|(?<![\p{L}\p{N}])([*_~])(?=\S)((?:<[^<>]*>|(?!\3)[^\n])*?\S)\3(?![\p{L}\p{N}])/gu;
const STYLES = { "*": "b", _: "i", "~": "s" };

export const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function mrkdwn(text) {
  return text.split(CODE).map((part, index) => {
    if (index % 2 === 0) return marked(part);
    const inside = unescaped(part.replace(/^`{1,3}\n?|`{1,3}$/g, ""));
    return part.startsWith("```") ? el("pre", {}, inside) : el("code", {}, inside);
  });
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
export function plain({ text, emoji: wanted = true }) {
  if (!wanted) return text;
  return text.split(/:([a-z0-9_+-]+):/).map((part, index) => (index % 2 ? emoji(part) : part));
}

export const textObject = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object));

export function emoji(name) {
  const drawn = piece("app")?.emoji[name];
  if (!drawn) return `:${name}:`;
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, drawn);
}

function linked(angled) {
  const [target, ...rest] = angled.split("|");
  const label = unescaped(rest.join("|"));
  if (target.startsWith("!date^")) {
    const [, timestamp, form, url] = target.split("^");
    return when(timestamp, form, label, url);
  }
  if (target.startsWith("!")) return el("span", { class: "ping loud" }, `@${target.slice(1).split("^")[0]}`);
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return channel(target.slice(1), label);
  return link(unescaped(target), label);
}

export function mention(id) {
  return el("span", { class: "ping" }, `@${piece("people")?.[id]?.name ?? id}`);
}

export function channel(id, label) {
  return el("span", { class: "ping" }, `#${piece("places")?.find((place) => place.id === id)?.name ?? (label || id)}`);
}

// A link that leads out says so by its address; nothing is loaded before it is clicked.
export function link(url, label) {
  if (!/^(https?|mailto):/i.test(url)) return label || url;
  return el("a", { href: url, title: url, target: "_blank", rel: "noopener noreferrer" }, label || url);
}

// --- dates, in the reader's own zone: …/formatting-message-text#date-formatting ---

const written = (options) => (at) => new Intl.DateTimeFormat(undefined, options).format(at);
const long = written({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const FORMS = {
  date_num: (at) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`,
  date_slash: written({ day: "2-digit", month: "2-digit", year: "numeric" }),
  date: written({ day: "numeric", month: "long", year: "numeric" }),
  date_long: long,
  date_long_full: written({ day: "numeric", month: "long", year: "numeric" }),
  date_short: written({ day: "numeric", month: "short", year: "numeric" }),
  time: written({ hour: "2-digit", minute: "2-digit" }),
  time_secs: written({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago,
};
for (const name of ["date", "date_long", "date_short"]) FORMS[`${name}_pretty`] = (at) => near(at) ?? FORMS[name](at);
FORMS.day_divider_pretty = FORMS.date_long_pretty;

function near(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

function ago(at) {
  const seconds = Math.round((at - Date.now()) / 1000);
  const [unit, size] = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

export function when(timestamp, form, fallback, url) {
  const at = new Date(Number(timestamp) * 1000);
  const names = [...(form ?? "").matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  const readable = !Number.isNaN(at.getTime()) && names.length && names.every((name) => name in FORMS);
  const text = readable ? form.replace(/\{(\w+)\}/g, (_, name) => FORMS[name](at)) : fallback;
  if (!readable) return text;
  const time = el("time", { class: "when", datetime: at.toISOString(), title: `${long(at)}, ${FORMS.time_secs(at)}` }, text);
  return url ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, time) : time;
}

export const clock = (seconds, form = "time") => when(String(seconds), `{${form}}`, "");
