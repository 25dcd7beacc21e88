// Copy buttons beside hashes; they stay hidden where the clipboard cannot be reached (plain http).
const DONE_MS = 1500;

export function dressCopies(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), DONE_MS);
    });
  }
}
