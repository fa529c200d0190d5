// The wire: each request between Slack, the bot and SuperOffice, which opens to what was sent and what was answered.

import { el } from "./elements.js";
import { redraw, state } from "./state.js";
import { clock } from "./text.js";

const WAYS = { bot: ["Slack", "the bot"], superoffice: ["the bot", "SuperOffice"], slack: ["the bot", "Slack"] };
const details = new Map(); // by the request's id, of those that were opened

export function wire() {
  return [
    el("p", { class: "quiet" }, state.wire.length ? "Every request as it was sent, with its secrets masked." : "Nothing has gone over the wire yet."),
    el("ol", { class: "wire", "aria-label": "Requests, oldest first" }, state.wire.map(line)),
  ];
}

function duration(ms) {
  if (ms === null) return "under way";
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms : Math.round(ms)} ms`;
}

function line({ id, to, at, what, took_ms: took, failed }) {
  const [from, towards] = WAYS[to];
  const load = async ({ target }) => {
    if (!target.open) return;
    const response = await fetch(`/wire/${id}`);
    details.set(id, response.ok ? await response.json() : { request: "The log has forgotten this request.", answer: "" });
    redraw();
  };
  const body = (title, text) => [el("h3", {}, title), el("pre", { tabindex: 0, role: "region", "aria-label": title }, text || "Nothing.")];
  const found = details.get(id);
  return el("li", { "data-id": id, class: `to-${to}` }, el("details", { ontoggle: load },
    el("summary", {}, el("span", { class: "way" }, `${from} → ${towards}`), " ", el("b", {}, what), " ",
      el("small", {}, clock(at, "time_secs"), ` · ${duration(took)}`), failed ? el("strong", { class: "bad" }, ` ${failed}`) : null),
    found ? [...body(`What ${from} sent`, found.request), ...body(`What ${towards} answered`, found.answer)] : null));
}
