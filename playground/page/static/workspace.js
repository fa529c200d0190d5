// The small Slack: places at the left, the open one with its messages, a thread beside it, the bot's Home tab.

import { drawn, showJson } from "./blocks.js";
import { composer } from "./composer.js";
import { button, el, icon } from "./dom.js";
import { go, here, viewer } from "./here.js";
import { act, all, follow, piece } from "./live.js";
import { clock, mrkdwn } from "./text.js";

const order = (id) => id.split(".").map(Number);
const older = (a, b) => order(a.id)[0] - order(b.id)[0] || order(a.id)[1] - order(b.id)[1];
const seen = new Map(); // place -> the newest message that was looked at there
const TRIES = { channel: ["/who-is-online", "/who-is-online billing", "@who topics"], direct: ["billing", "all", "help"] };

// What this viewer sees of all messages.
const visible = () => all("message").filter((each) => each.only === null || each.only === viewer().id).sort(older);
const person = (id) => piece("people")[id] ?? { name: "Slackbot", bot: true };

// --- a message ---

function article(message, replies) {
  const author = person(message.author);
  const isBot = message.author === piece("app").bot;
  const time = clock(message.id.split(".")[0]);
  const made = el("article", { class: `message${message.only ? " ephemeral" : ""}`, "aria-label": `${author.name}, ${time.textContent}`, tabindex: -1, "data-id": message.id },
    message.only ? el("p", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
    face(message.author),
    el("div", { class: "message-body" },
      el("p", { class: "message-head" }, el("b", {}, author.name), author.bot ? el("span", { class: "badge" }, "APP") : null, time,
        isBot ? button(`JSON of this message`, { class: "plain json", onclick: () => showJson(message) }, icon("code"), "JSON") : null),
      drawn(message),
      replies?.length ? replyBar(message, replies) : null));
  made.message = message;
  made.replies = replies?.length ?? 0;
  return made;
}

function face(id) {
  const name = person(id).name;
  if (id === piece("app").bot) return el("span", { class: "face face-bot", "aria-hidden": "true" }, el("i", {}));
  return el("span", { class: `face face-${name.toLowerCase()}`, "aria-hidden": "true" }, name[0]);
}

function replyBar(message, replies) {
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return el("button", { type: "button", class: "replies", onclick: () => go(here().path, message.id) },
    [...new Set(replies.map((reply) => reply.author))].slice(0, 3).map(face), el("span", { class: "link" }, count), " ",
    el("span", { class: "quiet" }, "View thread"));
}

// Put these messages into the log: what is the same stays, so that focus, selection and scrolling stay too.
function fillLog(log, messages, repliesOf = () => []) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const before = new Map([...log.querySelectorAll(":scope > article")].map((node) => [node.dataset.id, node]));
  const nodes = messages.map((message) => {
    const node = before.get(message.id);
    const replies = repliesOf(message);
    if (node?.message === message && node.replies === replies.length) return node;
    const next = article(message, replies);
    if (node?.contains(document.activeElement)) next.wasFocused = document.activeElement.dataset;
    return next;
  });
  const same = nodes.length === before.size && nodes.every((node) => node.parentNode === log);
  if (!same) log.replaceChildren(...nodes);
  for (const node of nodes) {
    if (!node.wasFocused) continue;
    const { action, value } = node.wasFocused;
    const again = [...node.querySelectorAll("[data-action]")].find((each) => each.dataset.action === action && each.dataset.value === value);
    (again ?? node).focus({ preventScroll: true });
    delete node.wasFocused;
  }
  if (atEnd && !same) log.scrollTop = log.scrollHeight;
}

// --- the panes ---

function pane(name, where) {
  const log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": name, tabindex: 0 });
  const write = composer(name.replace(/^Messages in /, "Message ").replace(/^Thread.*/, "Reply in thread"), where);
  return { log, write, root: [log, write.root] };
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
  let shown = {};
  let main, thread;
  const awaited = new Map(); // own mentions whose thread opens with the first answer

  function build(at) {
    const name = at.direct || at.home ? piece("app").name : `#${at.place.name}`;
    main = at.home ? null : pane(`Messages in ${name}`, () => ({ ...here(), thread: undefined }));
    thread = at.thread ? pane(`Thread in ${name}`, here) : null;
    const tab = (label, path, current) => el("a", { href: `#${path}`, "aria-current": current ? "page" : null }, label);
    const app = piece("app").name;
    const centre = el("section", { class: "pane", "aria-label": at.home ? `Home tab of ${name}` : name },
      el("header", { class: "pane-head" }, el("h1", {}, title(at)),
        at.place?.shared ? el("span", { class: "shared-mark" }, "Shared with another company") : null,
        at.direct || at.home
          ? el("nav", { class: "tabs-line", "aria-label": `${app}'s tabs` }, tab("Home", `${app}/home`, at.home), tab("Messages", app, at.direct))
          : null),
      at.home ? el("div", { class: "home", id: "home", tabindex: 0 }) : main.root);
    const side = thread && el("section", { class: "pane thread", "aria-label": "Thread" },
      el("header", { class: "pane-head" }, button("Back", { class: "plain only-tight", onclick: () => go(at.path) }, icon("back")),
        el("h2", {}, "Thread ", el("span", { class: "quiet" }, name)),
        button("Close thread", { class: "plain not-tight", onclick: () => go(at.path) }, icon("close"))),
      thread.root);
    stage.replaceChildren(centre, ...(side ? [side] : []));
    stage.classList.toggle("with-thread", Boolean(side));
    (thread ?? main)?.write.root.setAttribute("id", "composer");
    if (at.home) act({ do: "open_home", viewer: viewer().id });
  }

  function fill(at) {
    const messages = visible();
    const local = messages.filter((each) => each.channel === at.place?.id);
    const repliesOf = (message) => local.filter((each) => each.thread === message.id && each.id !== message.id);
    if (at.home) fillHome(stage.querySelector("#home"));
    if (main) {
      const top = local.filter((each) => !each.thread || each.thread === each.id);
      fillLog(main.log, top, repliesOf);
      if (!top.length) main.log.replaceChildren(welcome(at, main.write));
    }
    if (thread) fillLog(thread.log, local.filter((each) => each.id === at.thread || each.thread === at.thread));
    if (at.place && !at.home) seen.set(at.place.id, local.at(-1)?.id ?? "0.0");
    openAnswered(at);
  }

  // A mention is answered in its thread: open it, for whoever wrote it here.
  function openAnswered(at) {
    for (const each of all("message").sort(older)) {
      if (each.author === viewer().id && !each.thread && !awaited.has(each.id)) awaited.set(each.id, fresh);
      if (each.thread && each.author === piece("app").bot && awaited.get(each.thread)) {
        awaited.set(each.thread, false);
        if (!at.thread && !at.direct && each.channel === at.place?.id) go(at.path, each.thread);
      }
    }
    fresh = true;
  }
  let fresh = false; // what was there when the page opened is not new

  let home;
  function fillHome(box) {
    const view = piece(`home:${viewer().id}`);
    if (box.firstChild && view === home) return;
    home = view;
    const focused = box.contains(document.activeElement) && document.activeElement.dataset?.action;
    box.replaceChildren(view
      ? el("div", { class: "home-view" }, drawn({ ...view, id: "home" }), button("JSON of this view", { class: "plain json", onclick: () => showJson(view) }, icon("code"), "JSON"))
      : el("div", { class: "welcome" }, el("p", {}, el("b", {}, piece("app").name), " has published no Home tab yet.")));
    if (focused) [...box.querySelectorAll("[data-action]")].find((each) => each.dataset.action === focused)?.focus();
  }

  // --- the places ---

  function drawPlaces(at) {
    const app = piece("app").name;
    const own = piece("places").find((place) => place.person === viewer().id);
    const newest = (place) => visible().filter((each) => each.channel === place.id && each.author !== viewer().id).at(-1);
    const entry = (path, current, place, ...content) => {
      const last = place && newest(place);
      if (place && !seen.has(place.id)) seen.set(place.id, last?.id ?? "0.0");
      const unread = last && !current && older({ id: seen.get(place.id) }, last) < 0;
      return el("li", {}, el("a", { href: `#${path}`, class: unread ? "unread" : "", "aria-current": current ? "page" : null },
        content, unread ? el("span", { class: "hidden" }, " (unread)") : null));
    };
    const { connected, restarting } = piece("bot");
    const light = el("span", { class: "presence", "data-on": String(connected) });
    nav.replaceChildren(
      el("h2", {}, "Channels"),
      el("ul", {}, piece("places").filter((place) => !place.person).map((place) =>
        entry(place.name, !at.home && at.place === place, place, icon(place.shared ? "partner" : "hash"), place.name,
          place.shared ? el("span", { class: "shared", title: "Shared with another company" }, "shared") : null))),
      el("h2", {}, "Direct messages"),
      el("ul", {}, entry(app, at.direct, own, face(piece("app").bot), app, el("span", { class: "badge" }, "APP"))),
      el("h2", {}, "Apps"),
      el("ul", {}, entry(`${app}/home`, at.home, null, icon("home"), `${app} · Home`)),
      el("p", { class: "connection", role: "status" }, light, restarting ? "The bot restarts…" : connected ? "The bot is connected" : "The bot is not connected"));
  }

  follow((changed) => {
    if (!piece("app")) return;
    const at = here();
    const key = [at.path, at.home, at.thread, viewer().id].join();
    const moved = key !== shown.key;
    if (moved) { shown = { key }; home = undefined; build(at); }
    if (moved || changed("message:") || changed("home:") || changed("people")) fill(at);
    if (moved && main) main.log.scrollTop = main.log.scrollHeight;
    if (moved || changed("message:") || changed("places") || changed("bot")) drawPlaces(at);
  });
}
