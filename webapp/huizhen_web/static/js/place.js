// Where somebody is in a part of a page that is about to be replaced by its newer self: what has the focus, and which
// details (<details id>) stand open.
let kept = null;

const alike = (part, { tag, text, href }) =>
  [...part.querySelectorAll(tag)].filter((each) => each.textContent === text && each.getAttribute("href") === href);

export function keepPlace(part) {
  const opened = [...part.querySelectorAll("details[open][id]")].map((each) => each.id);
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  kept = { part: part.id, opened, focus: active && markOf(part, active) };
}

function markOf(part, active) {
  const mark = { tag: active.tagName, text: active.textContent, href: active.getAttribute("href") };
  return { ...mark, place: alike(part, mark).indexOf(active) };
}

export function returnToPlace() {
  const part = kept && document.getElementById(kept.part);
  if (!part) return;
  for (const id of kept.opened) document.getElementById(id)?.setAttribute("open", "");
  if (kept.focus) {
    const same = alike(part, kept.focus);
    (same[kept.focus.place] ?? same[0])?.focus({ preventScroll: true });
  }
  kept = null;
}
