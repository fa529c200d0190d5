// The pretend SuperOffice: its agents, and what can go wrong.

import { button, el } from "./elements.js";
import { act, state } from "./state.js";

const TROUBLES = [
  ["ok", "Well", "It answers at once."],
  ["down", "Down", "It refuses connections. The bot shows its last roster, with its age."],
  ["slow", "Slow", "It takes 4 s to answer. The bot says so in time, and answers later."],
  ["garbage", "Garbage", "It answers with a web page. The bot does not take it for an empty roster."],
];

export function superoffice() {
  const { time, agents, trouble } = state.office;
  const present = agents.filter((agent) => agent.present).length;
  return [
    el("p", { class: "row" }, `It is ${time} in the pretend office.`, button("30 minutes later", () => act({ do: "later" }))),
    el("fieldset", {}, el("legend", {}, "SuperOffice is"), TROUBLES.map(([what, name, about]) =>
      el("label", {}, el("input", { type: "radio", name: "trouble", checked: trouble === what, onchange: () => act({ do: "superoffice", what }) }),
        el("b", {}, name), " ", el("small", {}, about)))),
    el("p", {}, button("End the ticket", () => act({ do: "superoffice", what: "ticket" })), " ", el("small", {}, "The bot signs in again.")),
    el("h3", {}, "Agents ", el("small", {}, `${present} of ${agents.length} present`)),
    el("ul", { "aria-label": "Agents" }, agents.map(agentRow)),
  ];
}

function agentRow({ id, name, present, chats, topics }) {
  const change = (what) => act({ do: "agent", id, ...what });
  return el("li", { "data-id": id, class: "agent" },
    el("label", {}, el("input", { type: "checkbox", checked: present, onchange: ({ target }) => change({ present: target.checked }) }), el("b", {}, name)),
    el("span", {}, chats === 1 ? "1 chat" : `${chats} chats`),
    button("−", () => change({ chats: Math.max(chats - 1, 0) }), { "aria-label": `One chat less for ${name}` }),
    button("+", () => change({ chats: chats + 1 }), { "aria-label": `One chat more for ${name}` }),
    el("small", {}, topics.join(" · ") || "no topics"));
}
