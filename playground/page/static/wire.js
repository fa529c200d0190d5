// Behind the scenes, the wire: each request between Slack, the bot and SuperOffice, drawn between their lines.

import { button, code, el, rows } from "./dom.js";
import { act, follow, wireDetail, wireLines } from "./live.js";
import { clock } from "./text.js";

const WAYS = { bot: ["Slack", "the bot"], superoffice: ["the bot", "SuperOffice"], slack: ["the bot", "Slack"] };

export function wire(root) {
  const list = el("ol", { class: "wire", "aria-label": "Requests, oldest first" });
  const scroll = el("div", { class: "wire-scroll", tabindex: 0, role: "region", "aria-label": "Wire log" },
    el("div", { class: "lanes", "aria-hidden": "true" }, el("span", {}, "Slack"), el("span", {}, "bot"), el("span", {}, "Office")), list);
  const empty = el("p", { class: "wire-empty quiet" }, "Nothing has gone over the wire yet. Ask the bot something, and follow the arrows here.");
  root.append(
    el("div", { class: "wire-head" }, el("p", { class: "quiet" }, "Every request, as it was sent; secrets are masked."),
      button("Clear the log", { class: "button small", title: null, onclick: () => act({ do: "clear" }) }, "Clear")),
    empty, scroll);

  const fill = rows(list, (line) => (line.note === undefined ? exchangeRow(line.id) : noteRow()));
  follow((changed) => {
    if (!changed("wire:") && list.children.length) return;
    const lines = wireLines();
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    fill(lines);
    empty.hidden = lines.length > 0;
    scroll.hidden = lines.length === 0;
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  });
}

function duration(ms) {
  if (ms === null) return "under way";
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms : Math.round(ms)} ms`;
}

function noteRow() {
  const text = el("span", {});
  return { root: el("li", { class: "wire-note" }, text), fill: (line) => { text.replaceChildren(clock(line.at, "time_secs"), " ", line.note); } };
}

function exchangeRow(id) {
  let line;
  const head = el("button", { type: "button", class: "wire-line", "aria-expanded": "false", onclick: toggle });
  const detail = el("div", { class: "wire-detail", hidden: true });
  const root = el("li", { class: "exchange" }, head, detail);

  function fill(next) {
    if (JSON.stringify(next) === JSON.stringify(line)) return;
    const over = line?.took_ms === null && next.took_ms !== null;
    line = next;
    root.dataset.to = next.to;
    root.classList.toggle("failed", Boolean(next.failed));
    const [from, to] = WAYS[next.to];
    root.classList.toggle("under-way", next.took_ms === null);
    head.replaceChildren(
      el("span", { class: "arrow", "aria-hidden": "true" }, el("i", {})),
      el("span", { class: "wire-words" },
        el("span", { class: "wire-what" }, el("span", { class: "hidden" }, `${from} to ${to}: `), next.what),
        el("span", { class: "wire-about" }, next.about),
        el("span", { class: "wire-time" }, clock(next.at, "time_secs"), ` · ${duration(next.took_ms)}`, next.failed ? el("strong", {}, ` · ${next.failed}`) : null)));
    if (over && !detail.hidden) show();
  }
  function toggle() {
    detail.hidden = !detail.hidden;
    head.setAttribute("aria-expanded", String(!detail.hidden));
    if (!detail.hidden) show();
  }
  async function show() {
    const found = await wireDetail(id);
    if (!found) { detail.replaceChildren(el("p", {}, "The log has forgotten this entry.")); return; }
    const [from, to] = WAYS[line.to];
    const headers = Object.entries(found.headers);
    const body = ({ kind, text }, title, none) => [el("h3", {}, title), text && text !== '""' ? code(kind, text, title) : el("p", { class: "quiet" }, none)];
    detail.replaceChildren(
      headers.length ? el("dl", {}, headers.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])) : "",
      ...body(found.request, `What ${from} sent`, "An empty body."),
      ...body(found.answer, `What ${to} answered`, line.took_ms === null ? "Nothing yet." : line.status ? "An acknowledgement, without a body." : "Nothing came."));
    const taller = root.offsetHeight > root.closest(".wire-scroll").clientHeight;
    root.scrollIntoView({ block: taller ? "start" : "nearest" });
  }
  return { root, fill };
}
