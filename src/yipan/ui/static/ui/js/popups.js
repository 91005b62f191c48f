/* Dialogs, pop-ups and dismissals. Native <dialog> and <details> do the work; this opens, places and closes them. */

const EDGE = 8; // px that a pop-up keeps from the window's edge

const closeOthers = (keep) => {
  for (const popup of document.querySelectorAll("details[data-popup][open], details.menu[open]")) {
    if (popup !== keep && !popup.contains(keep)) popup.open = false;
  }
};

/** Push a pop-up back into the window when it would stick out. */
function place(popup) {
  const panel = popup.querySelector(".how-panel, .confirm-panel, .menu-panel");
  if (!panel) return;
  panel.style.translate = "";
  const box = panel.getBoundingClientRect();
  const left = Math.min(Math.max(box.left, EDGE), document.documentElement.clientWidth - box.width - EDGE);
  if (left !== box.left) panel.style.translate = `${left - box.left}px`;
}

document.addEventListener("toggle", (event) => {
  const popup = event.target;
  if (!popup.matches?.("details[data-popup], details.menu") || !popup.open) return;
  closeOthers(popup);
  place(popup);
}, true);

document.addEventListener("click", (event) => {
  closeOthers(event.target);
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  } else if (event.target.matches("dialog")) {
    event.target.close();
  } else if (event.target.closest("[data-dismiss]")) {
    event.target.closest(".notice").remove();
  } else if (event.target.closest("[data-popup-close]")) {
    const popup = event.target.closest("details");
    popup.open = false;
    popup.querySelector("summary").focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const popup = event.target.closest?.("details[data-popup][open], details.menu[open]");
  if (!popup) return;
  popup.open = false;
  popup.querySelector("summary").focus();
  event.stopImmediatePropagation();
}, true);

document.querySelector("[data-focus]")?.focus();
