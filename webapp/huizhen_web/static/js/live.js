// Parts of a page that follow the chain ([data-live]): one stream says which of them to ask for again.
// Without a stream (too many are open, or a proxy in between) the parts that are moving ask every two seconds, lists
// (data-moving="slowly") less often.
import { keepPlace, returnToPlace } from "./place.js";

const POLL = 2_000;
const SLOW_POLL = 20_000; // beside a stream: what changes by time alone, such as a hold that runs out
const GAP = 1_000; // a burst of blocks is one question
const AGAIN = 60_000;

let stream = null;
let asked = "";
let refusedAt = -AGAIN;
const askedAt = new Map(); // by the part's id
const waiting = new Set();

const parts = () => [...document.querySelectorAll("[data-live]:not([data-live=''])")];
const topicsOf = (all) => all.map((part) => `${part.id} ${part.dataset.live}`).join("\n");
// A question that is open in a part waits for its answer, and the part with it.
const inUse = (part) => part.querySelector("dialog[open]") !== null;
const sinceAsked = (part) => performance.now() - (askedAt.get(part.id) ?? 0);

function refresh(part) {
  if (!part || waiting.has(part.id)) return;
  if (sinceAsked(part) < GAP || inUse(part)) return later(part);
  askedAt.set(part.id, performance.now());
  window.htmx.trigger(part, "refresh");
}

function later({ id }) {
  waiting.add(id);
  setTimeout(() => {
    waiting.delete(id);
    refresh(document.getElementById(id));
  }, GAP);
}

function open() {
  const all = parts();
  if (stream || !all.length || document.hidden || performance.now() - refusedAt < AGAIN) return;
  asked = topicsOf(all);
  const query = all.map((part) => ["part", `${part.getAttribute("hx-get")}=${part.dataset.digest}`]);
  stream = new EventSource(`/live?${new URLSearchParams(query)}`);
  stream.addEventListener("refresh", (event) => {
    for (const id of JSON.parse(event.data)) refresh(document.getElementById(id));
  });
  stream.addEventListener("full", giveUp);
  stream.addEventListener("error", () => {
    // A stream that was cut opens again by itself; one that was refused does not.
    if (stream?.readyState === EventSource.CLOSED) giveUp();
  });
}

function close() {
  stream?.close();
  stream = null;
}

function giveUp() {
  close();
  refusedAt = performance.now();
}

function poll() {
  open();
  if (document.hidden) return;
  const pace = stream?.readyState === EventSource.OPEN ? SLOW_POLL : POLL;
  for (const part of document.querySelectorAll("[data-moving]")) {
    if (sinceAsked(part) >= (part.dataset.moving === "slowly" ? SLOW_POLL : pace)) refresh(part);
  }
}

// Forms stay as they are while somebody may be typing; a note says when they belong to an earlier state.
function noteOutdated() {
  const note = document.querySelector("[data-outdated]");
  const state = document.querySelector("[data-state]");
  if (note && state && note.dataset.outdated !== state.dataset.state) note.hidden = false;
}

export function followChain() {
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  // A browser opens few connections to one site: a page that is left must not keep one.
  window.addEventListener("pagehide", close);
  // The same content again would only move the focus and be read aloud once more.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    const digest = part.dataset.digest;
    if (!digest || event.detail.xhr.status !== 200) return;
    if (event.detail.xhr.responseText.includes(`data-digest="${digest}"`)) event.detail.shouldSwap = false;
    else if (inUse(part)) {
      event.detail.shouldSwap = false;
      later(part);
    } else keepPlace(part);
  });
  document.addEventListener("htmx:afterSwap", returnToPlace);
  document.addEventListener("htmx:afterSettle", () => {
    noteOutdated();
    if (stream && topicsOf(parts()) !== asked) close();
    open();
  });
  setInterval(poll, 500);
  open();
}
