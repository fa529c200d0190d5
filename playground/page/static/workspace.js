// The small Slack: places at the left, the open one with its messages, a thread beside it, the bot's Home tab.

import { drawn, showJson } from "./blocks.js";
import { composer } from "./composer.js";
import { arrange, button, el, icon, refill, rows } from "./dom.js";
import { go, here, viewer } from "./here.js";
import { act, all, follow, piece } from "./live.js";
import { clock } from "./text.js";

const order = (id) => id.split(".").map(Number);
const older = (a, b) => order(a.id)[0] - order(b.id)[0] || order(a.id)[1] - order(b.id)[1];
const seen = new Map(); // place -> the newest message that was looked at there
const TRIES = { channel: ["/who-is-online", "/who-is-online billing", "@who topics"], direct: ["billing", "all", "help"] };

// What this viewer sees of all messages.
const visible = () => all("message").filter((each) => each.only === null || each.only === viewer().id).sort(older);
const person = (id) => piece("people")[id] ?? { name: "Slackbot", bot: true };

// --- a message ---

// A message's line in the log; `replies` where it stands in the channel.
function messageRow({ message: { id, author, only } }) {
  const { name, bot } = person(author);
  const time = clock(id.split(".")[0]);
  const root = el("article", { class: `message${only ? " ephemeral" : ""}`, "aria-label": `${name}, ${time.textContent}`, tabindex: -1, "data-id": id });
  let shown = {};
  function fill({ message, replies }) {
    if (shown.message === message && shown.replies === replies.length) return;
    shown = { message, replies: replies.length };
    refill(root, ...[
      only ? el("p", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      face(author),
      el("div", { class: "message-body" },
        el("p", { class: "message-head" }, el("b", {}, name), bot ? el("span", { class: "badge" }, "APP") : null, time,
          author === piece("app").bot ? jsonButton("JSON of this message", message) : null),
        drawn(message),
        replies.length ? replyBar(message, replies) : null),
    ].filter(Boolean));
  }
  return { root, fill };
}

const jsonButton = (label, shown) =>
  button(label, { class: "plain json", "data-action": "json", onclick: () => showJson(shown) }, icon("code"), "JSON");

function face(id) {
  const name = person(id).name;
  if (id === piece("app").bot) return el("span", { class: "face face-bot", "aria-hidden": "true" }, el("i", {}));
  return el("span", { class: `face face-${name.toLowerCase()}`, "aria-hidden": "true" }, name[0]);
}

function replyBar(message, replies) {
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return el("button", { type: "button", class: "replies", "data-action": "replies", onclick: () => go(here().path, message.id) },
    [...new Set(replies.map((reply) => reply.author))].slice(0, 3).map(face), el("span", { class: "link" }, count), " ",
    el("span", { class: "quiet" }, "View thread"));
}

// --- the panes ---

// Messages, and under them where one writes. Who has read to the end stays there, whatever comes and however wide it is.
function pane(name, label, at, empty) {
  const log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": name, tabindex: 0 });
  const write = composer(label, at);
  const fillRows = rows(log, messageRow, empty?.(write));
  let atEnd = true;
  const toEnd = () => { if (atEnd) log.scrollTop = log.scrollHeight; };
  log.addEventListener("scroll", () => { atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80; });
  new ResizeObserver(toEnd).observe(log);
  function fill(items) {
    const height = log.scrollHeight;
    fillRows(items);
    if (log.scrollHeight !== height) toEnd();
  }
  return { log, write, fill, content: [log, write.root] };
}

// The bot's Home tab, as it was published last.
function homePane() {
  const log = el("div", { class: "home", id: "home", tabindex: 0 });
  let shown;
  function fill() {
    const view = piece(`home:${viewer().id}`);
    if (log.firstChild && view === shown) return;
    shown = view;
    refill(log, view
      ? el("div", { class: "home-view" }, drawn({ ...view, id: "home" }), jsonButton("JSON of this view", view))
      : el("div", { class: "welcome" }, el("p", {}, el("b", {}, piece("app").name), " has published no Home tab yet.")));
  }
  return { log, fill, content: [log] };
}

function welcome({ direct, place }, write) {
  const words = direct
    ? ["This is you and ", el("b", {}, "who"), ". Here the words alone will do."]
    : place.shared
      ? ["People of another company read along here, so a mention is not answered with names. A command is: its answer is yours alone."]
      : ["Ask who is online. A command is answered to you alone; a mention, in a thread for everyone."];
  return el("div", { class: "welcome" }, el("p", {}, words),
    el("p", { class: "tries" }, TRIES[direct ? "direct" : "channel"].map((text) =>
      el("button", { type: "button", class: "try", onclick: () => write.fill(text) }, text))));
}

function title({ place, direct, home }) {
  if (direct || home) return [el("span", { class: "presence", "data-on": String(piece("bot").connected) }), piece("app").name];
  return [icon(place.shared ? "partner" : "hash"), place.name];
}

export function workspace(stage, nav) {
  let shown, centre, side; // the address, and the one or two panes that are open there
  const awaited = new Map(); // own mentions whose thread opens with the first answer

  function makeCentre(at) {
    const app = piece("app").name;
    const name = at.direct || at.home ? app : `#${at.place.name}`;
    const made = at.home ? homePane() : pane(`Messages in ${name}`, `Message ${name}`, { ...at, thread: undefined }, (write) => welcome(at, write));
    const tab = (label, path, current) => el("a", { href: `#${path}`, "aria-current": current ? "page" : null }, label);
    if (at.home) act({ do: "open_home", viewer: viewer().id });
    made.root = el("section", { class: "pane", "aria-label": at.home ? `Home tab of ${name}` : name },
      el("header", { class: "pane-head" }, el("h1", {}, title(at)),
        at.place?.shared ? el("span", { class: "shared-mark" }, "Shared with another company") : null,
        at.direct || at.home
          ? el("nav", { class: "tabs-line", "aria-label": `${app}'s tabs` }, tab("Home", `${app}/home`, at.home), tab("Messages", app, at.direct))
          : null),
      made.content);
    return made;
  }

  function makeSide(at) {
    const name = at.direct ? piece("app").name : `#${at.place.name}`;
    const made = pane(`Thread in ${name}`, "Reply in thread", at);
    made.root = el("section", { class: "pane thread", "aria-label": "Thread" },
      el("header", { class: "pane-head" }, button("Back", { class: "plain only-tight", onclick: () => go(at.path) }, icon("back")),
        el("h2", {}, "Thread ", el("span", { class: "quiet" }, name)),
        button("Close thread", { class: "plain not-tight", onclick: () => go(at.path) }, icon("close"))),
      made.content);
    return made;
  }

  // Open the panes of this address; those that are open already stay.
  function build(at) {
    const place = [viewer().id, at.path, at.home].join();
    if (shown?.place === place && shown.thread === at.thread) return;
    if (shown?.place !== place) { centre = makeCentre(at); side = null; }
    if (!at.thread) side = null;
    else if (!side || shown.thread !== at.thread) side = makeSide(at);
    shown = { place, thread: at.thread };
    arrange(stage, [centre.root, side?.root]);
    stage.classList.toggle("with-thread", Boolean(side));
    centre.write?.root.removeAttribute("id");
    (side ?? centre).write?.root.setAttribute("id", "composer");
  }

  function fill(at) {
    const local = visible().filter((each) => each.channel === at.place?.id);
    const item = (message, replies = []) => ({ id: message.id, message, replies });
    const repliesOf = (message) => local.filter((each) => each.thread === message.id && each.id !== message.id);
    centre.fill(local.filter((each) => !each.thread || each.thread === each.id).map((each) => item(each, repliesOf(each))));
    side?.fill(local.filter((each) => each.id === at.thread || each.thread === at.thread).map((each) => item(each)));
    if (at.place && !at.home) seen.set(at.place.id, local.at(-1)?.id ?? "0.0");
    openAnswered(at);
  }

  // What had the focus may have gone with its pane: to what opened the thread, or to the same in the pane that is there.
  function refocus(had, thread) {
    if (had.checkVisibility()) return;
    const opener = side ? null : centre.root.querySelector(`[data-id="${thread}"] .replies`);
    const { log, write } = side ?? centre;
    (opener ?? (had.matches("input") && write ? write.input : log)).focus();
  }

  // A mention is answered in its thread: open it, for whoever wrote it here and does not write on.
  function openAnswered(at) {
    for (const each of all("message").sort(older)) {
      if (each.author === viewer().id && !each.thread && !awaited.has(each.id)) awaited.set(each.id, fresh);
      if (each.thread && each.author === piece("app").bot && awaited.get(each.thread)) {
        awaited.set(each.thread, false);
        if (!at.thread && !at.direct && centre.write?.input.value === "" && each.channel === at.place?.id) go(at.path, each.thread);
      }
    }
    fresh = true;
  }
  let fresh = false; // what was there when the page opened is not new

  // --- the places ---

  const light = el("span", { class: "presence" });
  const words = el("span", {});
  const lists = ["Channels", "Direct messages", "Apps"].map((name) => {
    const list = el("ul", {});
    nav.append(el("h2", {}, name), list);
    return rows(list, placeRow);
  });
  nav.append(el("p", { class: "connection", role: "status" }, light, words));

  function placeRow({ id, content }) {
    const mark = el("span", { class: "hidden" }, " (unread)");
    const link = el("a", { href: `#${id}` }, content(), mark);
    function fill({ current, unread }) {
      link.ariaCurrent = current ? "page" : null;
      link.classList.toggle("unread", unread);
      mark.hidden = !unread;
    }
    return { root: el("li", {}, link), fill };
  }

  function drawPlaces(at) {
    const app = piece("app").name;
    const own = piece("places").find((place) => place.person === viewer().id);
    const messages = visible().filter((each) => each.author !== viewer().id);
    const entry = (id, current, place, content) => {
      const last = messages.findLast((each) => each.channel === place?.id);
      if (place && !seen.has(place.id)) seen.set(place.id, last?.id ?? "0.0");
      return { id, current, content, unread: Boolean(last && !current && older({ id: seen.get(place.id) }, last) < 0) };
    };
    const [channels, direct, apps] = lists;
    channels(piece("places").filter((place) => !place.person).map((place) =>
      entry(place.name, !at.home && at.place === place, place, () => [icon(place.shared ? "partner" : "hash"), place.name,
        place.shared ? el("span", { class: "shared", title: "Shared with another company" }, "shared") : null])));
    direct([entry(app, at.direct, own, () => [face(piece("app").bot), app, el("span", { class: "badge" }, "APP")])]);
    apps([entry(`${app}/home`, at.home, null, () => [icon("home"), `${app} · Home`])]);
  }

  function drawConnection() {
    const { connected, restarting } = piece("bot");
    light.dataset.on = connected;
    words.textContent = restarting ? "The bot restarts…" : connected ? "The bot is connected" : "The bot is not connected";
  }

  follow((changed) => {
    if (!piece("app")) return;
    const at = here();
    const had = stage.contains(document.activeElement) ? document.activeElement : null;
    const left = shown;
    build(at);
    const moved = shown !== left;
    if (moved || changed("message:") || changed("home:") || changed("people")) fill(at);
    if (moved && had) refocus(had, left.thread);
    if (moved || changed("message:") || changed("places")) drawPlaces(at);
    if (changed("bot")) drawConnection();
  });
}
