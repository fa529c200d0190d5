// Follows the server: keeps every piece of what it shows, tells what has changed, and asks it to act.

import { toast } from "./dom.js";

const pieces = new Map();
const followers = new Set();

export const piece = (key) => pieces.get(key);
export const all = (kind) => [...pieces].filter(([key]) => key.startsWith(`${kind}:`)).map(([, value]) => value);
export const wireLines = () =>
  [...pieces].filter(([key]) => key.startsWith("wire:")).map(([key, line]) => ({ id: Number(key.slice(5)), ...line }));

// Call back after each change, with a test for the keys that changed: changed("office"), changed("message:").
export function follow(told) {
  followers.add(told);
}

export function redraw() {
  for (const told of followers) told(() => true);
}

export function connect(onConnection) {
  const source = new EventSource("/live");
  source.onmessage = ({ data }) => {
    const { begins, changed, gone } = JSON.parse(data);
    // After the server was started anew, nothing that was known counts.
    const lost = begins ? [...pieces.keys()].filter((key) => !(key in changed)) : gone;
    for (const key of lost) pieces.delete(key);
    for (const [key, value] of Object.entries(changed)) pieces.set(key, value);
    const keys = [...Object.keys(changed), ...lost];
    onConnection(true);
    for (const told of followers) told((start) => keys.some((key) => key.startsWith(start)));
  };
  source.onerror = () => {
    onConnection(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(onConnection), 2000);
  };
}

// Ask for an action. Says why where it does not work, and then gives null.
export async function act(action) {
  try {
    const response = await fetch("/act", { method: "POST", body: JSON.stringify(action) });
    const text = await response.text();
    const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? JSON.parse(text) : { error: text };
    if (response.ok) return answer;
    toast(answer.error);
  } catch {
    toast("The playground does not answer. Is it still running?");
  }
  return null;
}

export async function wireDetail(id) {
  const response = await fetch(`/wire/${id}`);
  return response.ok ? response.json() : null;
}
