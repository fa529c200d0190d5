// Draws Block Kit from the JSON that the bot sent. What it does not know it shows as such, loudly.

import { button, code, dialog, el } from "./dom.js";
import { act } from "./live.js";
import { viewer } from "./here.js";
import { menuButton } from "./menu.js";
import { channel, emoji, link, mention, mrkdwn, plain, textObject, when } from "./text.js";

// `message`: {id, blocks, text}. The text is for notifications, and shown only where there are no blocks.
export function drawn(message) {
  if (!message.blocks?.length) return el("div", { class: "mrkdwn" }, mrkdwn(message.text ?? ""));
  return el("div", { class: "blocks" }, message.blocks.map((block) => BLOCKS[block.type]?.(block, message) ?? unknown("block", block)));
}

const BLOCKS = {
  header: (block) => el("h2", { class: "block-header" }, plain(block.text)),
  divider: () => el("hr", { class: "block-divider" }),
  section: (block, message) =>
    el("div", { class: "block-section" },
      el("div", { class: "block-body" },
        block.text ? el("div", { class: "mrkdwn" }, textObject(block.text)) : null,
        block.fields ? el("div", { class: "block-fields" }, block.fields.map((field) => el("div", { class: "mrkdwn" }, textObject(field)))) : null),
      block.accessory ? control(block.accessory, message) : null),
  context: (block) =>
    el("div", { class: "block-context" }, block.elements.map((part) =>
      ["mrkdwn", "plain_text"].includes(part.type) ? el("span", { class: "mrkdwn" }, textObject(part)) : unknown("element", part))),
  actions: (block, message) => el("div", { class: "block-actions" }, block.elements.map((element) => control(element, message))),
  rich_text: (block) => el("div", { class: "block-rich" }, block.elements.map(rich)),
};

function unknown(what, json) {
  return el("div", { class: "unknown", role: "note" },
    el("strong", {}, `Unknown ${what}: ${json.type}`), " — this page does not know how Slack draws it.",
    el("pre", {}, JSON.stringify(json, null, 1).slice(0, 600)));
}

// --- rich text ---

const RICH = {
  rich_text_section: (part) => el("div", { class: "rich-line" }, part.elements.map(run)),
  rich_text_list: (part) =>
    el(part.style === "ordered" ? "ol" : "ul", { class: `rich-list indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => el("li", {}, item.elements.map(run)))),
  rich_text_preformatted: (part) => el("pre", {}, part.elements.map(run)),
  rich_text_quote: (part) => el("blockquote", {}, part.elements.map(run)),
};
const RUNS = {
  text: (run) => run.text,
  emoji: (run) => emoji(run.name),
  link: (run) => link(run.url, run.text),
  user: (run) => mention(run.user_id),
  channel: (run) => channel(run.channel_id),
  broadcast: (run) => el("span", { class: "ping loud" }, `@${run.range}`),
  date: (run) => when(String(run.timestamp), run.format, run.fallback ?? "", run.url),
};
const STYLES = { bold: "b", italic: "i", strike: "s", code: "code", underline: "u" };

const rich = (part) => RICH[part.type]?.(part) ?? unknown("rich text", part);

function run(part) {
  const made = RUNS[part.type]?.(part) ?? unknown("rich text", part);
  return Object.entries(STYLES).reduce((inside, [style, name]) => (part.style?.[style] ? el(name, {}, inside) : inside), made);
}

// --- controls ---

const CONTROLS = {
  button(element, message) {
    const face = plain(element.text);
    const attributes = {
      class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label, title: null,
      "data-action": element.action_id, "data-value": element.value,
      onclick: () => confirmed(element, () => {
        if (element.url) open(element.url, "_blank", "noopener,noreferrer");
        return clicked(made, message, element, {});
      }),
    };
    const made = button(undefined, attributes, face);
    return made;
  },
  static_select(element, message) {
    const known = optionsOf(element);
    const load = (typed) => known.filter((option) => option.group || option.label.toLowerCase().includes(typed.toLowerCase()));
    return select(element, message, load);
  },
  external_select(element, message) {
    const load = async (typed) => {
      const answer = await act({ do: "options", viewer: viewer().id, message: message.id, action_id: element.action_id, typed });
      return answer && optionsOf(answer);
    };
    return select(element, message, load, element.min_query_length ?? 3);
  },
};

const control = (element, message) => CONTROLS[element.type]?.(element, message) ?? unknown("element", element);

function optionsOf({ options = [], option_groups: groups = [] }) {
  const read = (option) => ({ label: option.text.text, content: plain(option.text), description: option.description?.text, option });
  return [...options.map(read), ...groups.flatMap((group) => [{ group: group.label.text }, ...group.options.map(read)])];
}

function select(element, message, load, least = 0) {
  const label = element.placeholder?.text ?? "Select an item";
  const made = menuButton({
    label, least, load, id: element.action_id,
    shown: plain(element.initial_option?.text ?? element.placeholder ?? { text: label }),
    onpick: ({ option }, face) => confirmed(element, () => {
      face.replaceChildren(...[plain(option.text)].flat());
      return clicked(made, message, element, { option });
    }),
  });
  return made;
}

function confirmed({ confirm }, then) {
  if (!confirm) return then();
  const yes = el("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: () => { box.close(); then(); } }, plain(confirm.confirm));
  const no = el("button", { type: "button", class: "button", onclick: () => box.close() }, plain(confirm.deny));
  const box = dialog(confirm.title.text, el("p", {}, textObject(confirm.text)), [no, yes]);
  return box;
}

async function clicked(made, message, element, more) {
  made.setAttribute("aria-busy", "true");
  await act({ do: "click", viewer: viewer().id, message: message.id, action_id: element.action_id, value: element.value, ...more });
  made.removeAttribute("aria-busy");
}

// The dialog with the JSON of a message, as the bot sent it.
export function showJson(message) {
  dialog("What the bot sent", code("json", JSON.stringify(message.blocks?.length ? message.blocks : message.text, null, 2), "JSON of the blocks"));
}
