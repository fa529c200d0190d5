// Where the person is: who they are, which place is open, and which thread. The place is in the address.

import { all, piece, redraw } from "./live.js";

const KEPT = "playground-viewer";

export function viewer() {
  const people = Object.values(piece("people") ?? {}).filter((person) => person.plays);
  return people.find((person) => person.id === sessionStorage.getItem(KEPT)) ?? people[0];
}

export function become(id) {
  sessionStorage.setItem(KEPT, id);
  redraw();
}

function address() {
  try {
    return decodeURIComponent(location.hash.slice(1)).split("/");
  } catch {
    return [""]; // not an address of this page
  }
}

// A thread that is not there, as after a restart, is its channel.
function threadIn(place, id) {
  const begins = (each) => each.id === id && each.channel === place?.id && each.only === null && (each.thread ?? id) === id;
  return all("message").some(begins) ? id : undefined;
}

// The parts of #support, #support/1700000000.000001, #who and #who/home. What is none of them is the first channel.
export function here() {
  const [name, rest] = address();
  const places = piece("places") ?? [];
  const app = piece("app")?.name;
  if (name === app) {
    const own = places.find((place) => place.person === viewer()?.id);
    return rest === "home" ? { home: true, place: own, path: name } : { place: own, thread: threadIn(own, rest), path: name, direct: true };
  }
  const place = places.find((each) => !each.person && each.name === name) ?? places.find((each) => !each.person);
  return { place, thread: place?.name === name ? threadIn(place, rest) : undefined, path: place?.name };
}

export function go(path, thread) {
  location.hash = thread ? `${path}/${thread}` : path;
}

addEventListener("hashchange", redraw);
