// The match workbench by keyboard, and the sums of what is ticked. All of it works by mouse and without this script.
const rows = [...document.querySelectorAll("[data-row]")];
const link = document.querySelector("form[data-link]");
const PLACE = "huizhen-bench-row";

function move(step) {
  const here = rows.indexOf(document.activeElement.closest("[data-row]"));
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function act(row, selector) {
  const target = row?.querySelector(selector);
  if (!target) return;
  sessionStorage.setItem(PLACE, String(rows.indexOf(row)));
  target.click();
}

function tickOrAccept(row) {
  const boxes = [...(row?.querySelectorAll("input[type=checkbox]") ?? [])];
  if (boxes.length === 0) return act(row, "button.accept");
  const on = !boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = on;
  showSums();
}

function showSums() {
  const shown = link?.querySelector("[data-sums]");
  if (!shown) return;
  const sum = (name) =>
    [...link.querySelectorAll(`input[name=${name}]:checked`)].reduce((fen, box) => fen + Number(box.dataset.fen), 0);
  const yuan = (fen) => new Intl.NumberFormat("zh-CN", { style: "currency", currency: "CNY" }).format(fen / 100);
  const [ours, theirs] = [sum("expected"), sum("observed")];
  shown.hidden = !link.querySelector("input:checked");
  shown.textContent = shown.dataset.words.replace("{ours}", yuan(ours)).replace("{theirs}", yuan(theirs));
  shown.classList.toggle("error", ours !== theirs);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = document.activeElement.closest("[data-row]");
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: () => act(row, ".dismiss"),
    l: () => link?.querySelector("[data-link-button]")?.click(),
  };
  if (event.key === "Enter" && document.activeElement === row && row) tickOrAccept(row);
  else if (event.key in keys) keys[event.key]();
  else return;
  event.preventDefault();
});
link?.addEventListener("change", showSums);
document.querySelector("[data-keys]")?.removeAttribute("hidden");

// After a decision the page comes back: go on where the person was.
const place = Number(sessionStorage.getItem(PLACE) ?? -1);
sessionStorage.removeItem(PLACE);
if (place >= 0) rows[Math.min(place, rows.length - 1)]?.focus();
