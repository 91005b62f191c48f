/* Search as you type: htmx fills the list, the down key goes into it, Esc leaves it. Without a script the field is a form. */
const form = document.querySelector("[data-palette]");
const field = form?.querySelector("input");
const hits = form?.querySelector(".hits");

const show = (open) => { hits.hidden = !open; };

function walk(step) {
  const stops = [field, ...hits.querySelectorAll("a")];
  const here = stops.indexOf(document.activeElement);
  stops[(here + step + stops.length) % stops.length].focus();
}

if (form) {
  hits.addEventListener("htmx:afterSwap", () => show(field.value.trim() !== ""));
  field.addEventListener("input", () => { if (!field.value.trim()) show(false); });
  field.addEventListener("focus", () => { if (field.value.trim() && hits.childElementCount) show(true); });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (!hits.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (hits.hidden) field.blur();
      else field.focus();
      show(false);
    }
  });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) show(false); });
  document.addEventListener("focusin", (event) => { if (!form.contains(event.target)) show(false); });
}
