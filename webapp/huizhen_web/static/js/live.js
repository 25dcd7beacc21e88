// Parts of a page that follow the chain ([data-live]): one stream says which of them to ask for again.
// Without a stream (too many are open, or a proxy in between) the parts that are moving ask every two seconds.
const POLL = 2_000;
const SLOW_POLL = 20_000; // beside a stream: what changes by time alone, such as a hold that runs out
const AGAIN = 60_000;

let stream = null;
let asked = "";
let polledAt = 0;
let refusedAt = -AGAIN;

const parts = () => [...document.querySelectorAll("[data-live]:not([data-live=''])")];
const topicsOf = (all) => all.map((part) => `${part.id} ${part.dataset.live}`).join("\n");

function refresh(part) {
  if (part) window.htmx.trigger(part, "refresh");
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
  if (document.hidden || performance.now() - polledAt < (stream?.readyState === EventSource.OPEN ? SLOW_POLL : POLL)) return;
  polledAt = performance.now();
  for (const part of document.querySelectorAll("[data-moving]")) refresh(part);
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
    if (digest && event.detail.xhr.responseText.includes(`data-digest="${digest}"`)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", () => {
    noteOutdated();
    if (stream && topicsOf(parts()) !== asked) close();
    open();
  });
  polledAt = performance.now();
  setInterval(poll, 500);
  open();
}
