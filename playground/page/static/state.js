// What the server shows, where the person is, and what they ask for.

import { toast } from "./elements.js";

export let state = null; // everything on the page, as the server sent it last
let drawAll = () => {};

export const redraw = () => { if (state) drawAll(); };

// Follow the server, and draw after each change.
export function follow(draw) {
  drawAll = draw;
  const source = new EventSource("/live");
  source.onmessage = ({ data }) => {
    state = JSON.parse(data);
    redraw();
  };
  source.onerror = () => {
    toast("The playground does not answer. Is it still running?");
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(draw), 2000);
  };
}

// Ask for an action. Says why if it does not work, and then gives null.
export async function act(action) {
  try {
    const response = await fetch("/act", { method: "POST", body: JSON.stringify({ viewer: viewer().id, ...action }) });
    if (response.ok) return await response.json();
    toast((await response.json()).error);
  } catch {
    toast("The playground does not answer. Is it still running?");
  }
  redraw(); // a control that was set shows again what is so
  return null;
}

// --- who and where: the person is kept with the tab, the place is in the address ---

const KEPT = "playground-viewer";
export const players = () => state.people.filter((person) => person.plays);
export const viewer = () => players().find((person) => person.id === sessionStorage.getItem(KEPT)) ?? players()[0];
export function become(id) {
  sessionStorage.setItem(KEPT, id);
  redraw();
}

export const places = () => state.places.filter((place) => !place.person || place.person === viewer().id);
export const messages = (place) => state.messages.filter((each) => each.channel === place.id && [null, viewer().id].includes(each.only));

// The parts of #support, #support/1700000000.000001, #who and #who/home. What is none of them is the first channel.
export function here() {
  const [name, rest] = location.hash.slice(1).split("/");
  const place = places().find((each) => each.name === name) ?? places()[0];
  const thread = messages(place).some((each) => each.id === rest) ? rest : undefined;
  return { place, thread, home: Boolean(place.person) && rest === "home" };
}
export function go(place, rest) {
  location.hash = rest ? `${place.name}/${rest}` : place.name;
  redraw();
}
