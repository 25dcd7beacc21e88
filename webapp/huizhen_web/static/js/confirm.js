// <details data-confirm> becomes a modal <dialog>: the page behind cannot be touched until the person has decided.
// One that comes back with a field to correct opens by itself.
export function dressConfirmations(root) {
  for (const details of root.querySelectorAll("details[data-confirm]")) {
    const panel = details.querySelector(".panel");
    if (!panel || panel.closest("dialog")) continue;
    const dialog = document.createElement("dialog");
    const title = panel.querySelector("h2");
    if (title) dialog.setAttribute("aria-label", title.textContent);
    dialog.append(panel);
    details.append(dialog);
    details.addEventListener("toggle", () => {
      if (details.open && !dialog.open) dialog.showModal();
    });
    dialog.addEventListener("close", () => {
      details.open = false;
    });
    const close = panel.querySelector("[data-close]");
    close.hidden = false;
    close.addEventListener("click", () => dialog.close());
    if (panel.querySelector('[aria-invalid="true"]')) details.open = true;
  }
}
