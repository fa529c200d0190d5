// Where a person writes: completion of commands, names and topics; Enter sends.

import { button, el, icon } from "./dom.js";
import { act, piece } from "./live.js";
import { viewer } from "./here.js";
import { Choices } from "./menu.js";

const drafts = new Map(); // who, where and in which thread -> what is not sent yet
const OTHER_WORDS = ["all", "topics", "help"];

// What can be completed here: options, each with the text that it makes of the line, and which one Enter takes.
function offers(text, direct) {
  const { commands, name } = piece("app");
  const found = /^(\/\S*)(\s+(.*))?$/.exec(text);
  if (found) {
    const [, typed, gap, words = ""] = found;
    const matching = commands.filter(({ command }) => (gap ? command === typed : command.startsWith(typed)));
    const usage = ({ command, usage_hint: hint }) => [el("b", {}, command), " ", el("span", { class: "hint" }, hint)];
    const hintOf = (each) => ({ group: usage(each) });
    const whole = (each) => ({ label: each.command, content: usage(each), description: each.description, text: `${each.command} ` });
    return gap ? [[...matching.map(hintOf), ...(matching.length ? wordOffers(words, `${typed} `) : [])], -1] : [matching.map(whole), 0];
  }
  const mentioned = new RegExp(`^@${name}\\s+(.*)$`, "i").exec(text);
  if (mentioned) return [wordOffers(mentioned[1], `@${name} `), -1];
  const at = /^(.*\s|)@(\w*)$/.exec(text);
  if (at) {
    const people = Object.values(piece("people")).filter((person) => person.plays || person.bot);
    const named = people.filter((person) => person.name.toLowerCase().startsWith(at[2].toLowerCase())).sort((a, b) => b.bot - a.bot);
    return [named.map((person) => ({ label: `@${person.name}`, description: person.bot ? "App" : "", text: `${at[1]}@${person.name} ` })), 0];
  }
  return [direct && text.trim() ? wordOffers(text, "") : [], -1];
}

// The words that the bot knows, those that begin as typed first.
function wordOffers(typed, before) {
  const wanted = typed.trim().toLowerCase();
  const known = [...piece("office").topics.map((topic) => topic.name), ...OTHER_WORDS];
  const fits = known.filter((word) => word.toLowerCase().includes(wanted) && word.toLowerCase() !== wanted);
  const order = (word) => (word.toLowerCase().startsWith(wanted) ? 0 : 1);
  return fits.sort((a, b) => order(a) - order(b)).slice(0, 6).map((word) => ({
    label: word.toLowerCase(), description: OTHER_WORDS.includes(word) ? "" : "topic", text: `${before}${word.toLowerCase()}`,
  }));
}

// `where` gives the place and thread at the moment of sending. `fill(text)` of what this returns writes into it.
export function composer(label, { place, thread, direct }) {
  const draft = [viewer().id, place.id, thread].join();
  const input = el("input", { type: "text", class: "line", "aria-label": label, placeholder: label, maxlength: 4000, enterkeyhint: "send", value: drafts.get(draft) });
  const choices = new Choices("Suggestions", input, (option) => fill(option.text));
  const send = button("Send", { class: "plain send", disabled: !input.value.trim(), onclick: submit }, icon("send"));

  function suggest() {
    drafts.set(draft, input.value);
    send.disabled = !input.value.trim();
    choices.show(...offers(input.value, direct));
  }
  function fill(text) {
    input.value = text;
    input.focus();
    suggest();
  }
  function submit() {
    const text = input.value.trim();
    if (!text) return;
    fill("");
    act({ do: "say", viewer: viewer().id, place: place.id, text, thread: thread ?? null });
  }
  input.addEventListener("input", suggest);
  input.addEventListener("focus", suggest);
  input.addEventListener("blur", () => choices.hide());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || choices.key(event)) return;
    if (event.key === "Tab" && !event.shiftKey && choices.options.length) {
      event.preventDefault();
      const next = choices.active ?? choices.options.find((option) => option.text !== input.value);
      if (next) choices.onpick(next);
    } else if (event.key === "Escape") choices.hide();
    else if (event.key === "Enter") { event.preventDefault(); choices.hide(); submit(); }
  });
  choices.hide();
  return { root: el("div", { class: "composer" }, choices.root, el("div", { class: "composer-box" }, input, send)), fill, input };
}
