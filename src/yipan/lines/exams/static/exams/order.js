/* The order form: Enter in the search searches, and nothing is sent twice. */
const form = document.querySelector("form.exam-ask");

form?.elements.q?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  window.htmx?.trigger(event.target, "search");
});

form?.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => { if (form) delete form.dataset.sent; });
