// The small Slack: places, the open one with its messages, a thread beside it, the bot's Home tab.

import { drawn } from "./blocks.js";
import { button, el } from "./elements.js";
import { act, go, here, messages, places, redraw, state, viewer } from "./state.js";
import { clock } from "./text.js";

let awaited = null; // {place, id} of one's own mention, whose thread opens with its first answer
let homeOf = null; // whose Home tab is open
const person = (id) => state.people.find((each) => each.id === id);

function message(each, replies, place) {
  const { name, bot } = person(each.author);
  const time = clock(Number.parseInt(each.id, 10));
  return el("article", { "data-id": each.id, "aria-label": `${name}, ${time.textContent}`, class: bot ? "from-bot" : null },
    each.only ? el("p", { class: "quiet" }, "Only visible to you") : null,
    el("p", {}, el("b", {}, name), bot ? el("span", { class: "badge" }, "APP") : null, el("span", { class: "quiet" }, time)),
    drawn(each),
    replies.length ? button(replies.length === 1 ? "1 reply" : `${replies.length} replies`, () => go(place, each.id), { class: "button replies" }) : null);
}

// Messages, and under them the line to write in.
function log(name, label, shown, say) {
  const line = el("input", { type: "text", "aria-label": label, placeholder: label, maxlength: 4000, autocomplete: "off", enterkeyhint: "send" });
  const send = async (event) => {
    event.preventDefault();
    const field = event.target.elements[0];
    const said = field.value.trim();
    field.value = "";
    if (said && !(await say(said)) && !field.value) field.value = said; // it was not said: it can be tried again
  };
  return [
    el("div", { class: "log", role: "log", "aria-label": name, tabindex: 0, "data-end": true }, shown),
    el("form", { class: "composer", onsubmit: send }, line, el("button", { class: "button primary" }, "Send")),
  ];
}

const TRIES = ["/who-is-online", "/who-is-online billing", "@who topics"];
function welcome(place) {
  const fill = (words) => {
    const line = document.querySelector(".composer input");
    line.value = words;
    line.focus();
  };
  const about = place.person
    ? "Here you write to the bot alone, and the words alone will do."
    : place.shared
      ? "People of another company read here. A mention is not answered with names; a command is, to you alone."
      : "Ask who is online. A command is answered to you alone, a mention to everyone, in a thread.";
  return el("div", { class: "welcome" }, el("p", {}, about),
    el("p", { class: "row" }, (place.person ? ["billing", "all", "help"] : TRIES).map((words) => button(words, () => fill(words)))));
}

function channel({ place, thread }) {
  const all = messages(place);
  const repliesTo = ({ id }) => all.filter((each) => each.thread === id && each.id !== id);
  const shown = all.filter((each) => !each.thread || each.thread === each.id).map((each) => message(each, repliesTo(each), place));
  const name = title(place);
  const say = async (text) => {
    const said = await act({ do: "say", place: place.id, text, thread: null });
    awaited = said?.mention ? { place: place.id, id: said.mention } : null;
    redraw();
    return said;
  };
  if (awaited?.place === place.id && !thread && all.some((each) => each.thread === awaited.id)) {
    const { id } = awaited;
    awaited = null;
    queueMicrotask(() => go(place, id));
  }
  return el("section", { class: "pane", "data-id": `${viewer().id} ${place.id}`, "aria-label": name },
    el("header", {}, el("h1", {}, name), place.shared ? el("span", { class: "badge" }, "Shared with another company") : null),
    log(`Messages in ${name}`, `Message ${name}`, shown.length ? shown : welcome(place), say));
}

function threadPane({ place, thread }) {
  const shown = messages(place).filter((each) => each.id === thread || each.thread === thread).map((each) => message(each, [], place));
  const name = title(place);
  const close = () => {
    go(place);
    document.querySelector(`[data-id="${thread}"] .replies`)?.focus();
  };
  return el("section", { class: "pane thread", "data-id": thread, "aria-label": "Thread" },
    el("header", {}, el("h2", {}, "Thread ", el("span", { class: "quiet" }, name)), button("Close", close, { "aria-label": "Close thread" })),
    log(`Thread in ${name}`, "Reply in thread", shown, (text) => act({ do: "say", place: place.id, text, thread })));
}

function homePane() {
  const view = state.homes[viewer().id];
  if (homeOf !== viewer().id) {
    homeOf = viewer().id;
    act({ do: "open_home" });
  }
  return el("section", { class: "pane", "data-id": `${viewer().id} home`, "aria-label": "Home tab" },
    el("header", {}, el("h1", {}, state.name, " ", el("span", { class: "quiet" }, "Home"))),
    el("div", { class: "log", tabindex: 0, role: "region", "aria-label": "Home" },
      view ? drawn({ id: "home", blocks: view }) : el("p", {}, "The bot has published no Home tab yet.")));
}

const title = (place) => (place.person ? place.name : `#${place.name}`);

export function stage() {
  const at = here();
  if (!at.home) homeOf = null;
  return el("main", { class: at.thread ? "stage with-thread" : "stage" }, at.home ? homePane() : channel(at), at.thread ? threadPane(at) : null);
}

export function nav() {
  const at = here();
  const to = (place, home) =>
    el("a", { href: home ? `#${place.name}/home` : `#${place.name}`, "aria-current": at.place === place && at.home === home ? "page" : null },
      home ? `${place.name} · Home` : title(place));
  return el("nav", { "aria-label": "Channels and messages" }, places().map((place) => [to(place, false), place.person ? to(place, true) : null]));
}
