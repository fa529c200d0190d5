// Behind the scenes, the pretend SuperOffice: its agents with their switches, and what can go wrong.

import { button, el, icon, rows, toast } from "./dom.js";
import { act, follow, piece } from "./live.js";

const TROUBLES = [
  ["down", "Down", "It refuses connections. A young roster is shown with its age."],
  ["slow", "Slow", "It takes 4 s to answer. The bot says so in time."],
  ["garbage", "Garbage", "A web page instead of an answer. Never taken for “nobody is online”."],
];

export function superoffice(root) {
  const time = el("b", {});
  const troubles = TROUBLES.map(([what, label, about]) => {
    const box = el("input", { type: "checkbox", role: "switch", onchange: () => act({ do: "superoffice", what, on: box.checked }) });
    const row = el("label", { class: "trouble" }, box, el("span", { class: "track" }), el("span", {}, el("b", {}, label), el("small", {}, about)));
    return { what, box, row };
  });
  const list = el("ul", { class: "agents", "aria-label": "Agents" });
  const name = el("input", { type: "text", class: "filter", "aria-label": "Name of the new agent", placeholder: "A new agent's name", maxlength: 300 });
  const count = el("span", { class: "quiet" });
  root.append(
    el("div", { class: "clockline" }, icon("clock"), el("span", {}, time, " in the pretend office"),
      el("button", { type: "button", class: "button small", onclick: () => act({ do: "later" }) }, "30 minutes later")),
    el("fieldset", { class: "troubles" }, el("legend", {}, "What goes wrong"), troubles.map(({ row }) => row),
      el("button", { type: "button", class: "button small", onclick: endTicket }, icon("ticket"), "End the ticket")),
    el("h3", {}, "Agents ", count),
    list,
    el("form", { class: "hire", onsubmit: hire }, name, el("button", { class: "button small" }, icon("plus"), "Add")));

  async function endTicket() {
    if (await act({ do: "superoffice", what: "ticket" })) toast("Every ticket has ended. The bot will sign in again, and nobody will notice.");
  }
  function hire(event) {
    event.preventDefault();
    if (!name.value.trim()) return;
    act({ do: "agent", name: name.value.trim() });
    name.value = "";
  }

  const fillAgents = rows(list, agentRow);
  follow((changed) => {
    const office = piece("office");
    if (!office || !changed("office")) return;
    time.textContent = office.time;
    for (const { what, box } of troubles) box.checked = office[what];
    count.textContent = `${office.agents.filter((agent) => agent.present).length} of ${office.agents.length} present`;
    fillAgents(office.agents);
  });
}

// An agent's line; it is made once and filled again, so that the focus stays where it is.
function agentRow({ id }) {
  let agent;
  const change = (what) => act({ do: "agent", id, ...what });
  const present = el("input", { type: "checkbox", role: "switch", onchange: () => change({ present: present.checked }) });
  const name = el("span", { class: "agent-name" });
  const fewer = button("", { class: "plain step", onclick: () => change({ chats: agent.chats - 1 }) }, icon("minus"));
  const more = button("", { class: "plain step", onclick: () => change({ chats: agent.chats + 1 }) }, icon("plus"));
  const chats = el("output", {});
  const summary = el("summary", {});
  const boxes = el("div", { class: "topic-boxes" });
  const details = el("details", { class: "topics" }, summary, boxes);
  const root = el("li", { class: "agent" },
    el("label", { class: "agent-switch" }, present, el("span", { class: "track" }), name),
    el("span", { class: "stepper" }, fewer, chats, more), details);

  function fill(next) {
    const { topics } = piece("office");
    if (JSON.stringify([next, topics]) === JSON.stringify([agent, root.topics])) return;
    agent = next;
    root.topics = topics;
    root.dataset.state = next.present ? (next.chats ? "busy" : "free") : "away";
    present.checked = next.present;
    present.setAttribute("aria-label", `${next.name} is present`);
    name.textContent = next.name;
    chats.value = next.chats === 1 ? "1 chat" : `${next.chats} chats`;
    fewer.disabled = next.chats === 0;
    for (const [made, words] of [[fewer, "One chat less for"], [more, "One chat more for"]]) {
      made.setAttribute("aria-label", `${words} ${next.name}`);
      made.title = words.slice(0, -4);
    }
    const names = topics.filter((topic) => next.topics.includes(topic.id)).map((topic) => topic.name);
    const unnamed = next.topics.filter((topic) => !topics.some((each) => each.id === topic));
    const all = [...names, ...unnamed.map((topic) => `Topic ${topic}`)];
    summary.replaceChildren(el("span", { class: "hidden" }, `Topics of ${next.name}: `), all.join(" · ") || "no topics");
    if (!boxes.children.length) boxes.append(...topics.map(topicBox));
    [...boxes.querySelectorAll("input")].forEach((box, index) => { box.checked = next.topics.includes(topics[index].id); });
  }
  function topicBox(topic) {
    const box = el("input", { type: "checkbox", onchange: () =>
      change({ topics: box.checked ? [...agent.topics, topic.id] : agent.topics.filter((each) => each !== topic.id) }) });
    return el("label", {}, box, topic.name);
  }
  return { root, fill };
}
