/* The reader's desk: save and sign from within the text, a sign of life while somebody writes, and a question before
   unsaved words are left. */
const form = document.querySelector(".report-form");
const ALIVE = 120000; // ms between two signs of life

if (form) {
  let changed = false;
  let told = Date.now();

  const press = (selector) => {
    const button = form.querySelector(selector);
    if (button && !button.disabled) form.requestSubmit(button);
  };

  const sayAlive = () => {
    if (!form.dataset.alive || Date.now() - told < ALIVE) return;
    told = Date.now();
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    fetch(form.dataset.alive, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {});
  };

  form.addEventListener("input", () => { changed = true; sayAlive(); });
  form.addEventListener("submit", () => { changed = false; });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") press("[data-sign]");
    else if (event.key.toLowerCase() === "s") press("[data-save]");
    else return;
    event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  const first = form.querySelector("[data-first]");
  if (form.dataset.alive && first && !document.querySelector("[data-focus]")) first.focus({ preventScroll: true });
}
