/* Replace an element by a fresh copy without taking anything from the person's hands. */

/** Whether the element is being worked in: a field with text, an open dialog or pop-up. Then the swap waits. */
export function waiting(el) {
  const active = document.activeElement;
  if (active && el.contains(active) && active.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return true;
  return Boolean(el.querySelector("dialog[open], details[data-popup][open]"));
}

const opened = (el) => [...el.querySelectorAll("details[open][id]")].map((details) => details.id);

/** A way to find the focused element again: its id, or its place among the focusable ones. */
function focusOf(el) {
  const active = document.activeElement;
  if (!active || !(el === active || el.contains(active))) return null;
  if (el === active) return () => document.getElementById(el.id);
  if (active.id) return (fresh) => fresh.querySelector(`#${CSS.escape(active.id)}`);
  const at = [...el.querySelectorAll(active.tagName)].indexOf(active);
  return (fresh) => fresh.querySelectorAll(active.tagName)[at];
}

/** Replace `old` by the first element of `html`; returns the new element, or null when nothing changed. */
export function swap(old, html) {
  const pattern = document.createElement("template");
  pattern.innerHTML = html.trim();
  const fresh = pattern.content.firstElementChild;
  if (!fresh) { old.remove(); return null; }
  const selected = old.getAttribute("aria-selected");
  const find = focusOf(old);
  const open = opened(old);
  const scrolls = [...old.querySelectorAll("[id]")].filter((el) => el.scrollTop).map((el) => [el.id, el.scrollTop]);
  const tabIndex = old.getAttribute("tabindex");
  if (same(old, fresh)) return null;
  if (selected && !fresh.hasAttribute("aria-selected")) fresh.setAttribute("aria-selected", selected);
  if (tabIndex !== null) fresh.setAttribute("tabindex", tabIndex);
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  open.forEach((id) => { const el = document.getElementById(id); if (el) el.open = true; });
  scrolls.forEach(([id, top]) => { const el = document.getElementById(id); if (el) el.scrollTop = top; });
  find?.(fresh)?.focus({ preventScroll: true });
  flash(fresh);
  return fresh;
}

/** Same content, apart from what scripts add and clocks show. */
function same(old, fresh) {
  const plain = (el) => {
    const copy = el.cloneNode(true);
    for (const node of [copy, ...copy.querySelectorAll("*")]) {
      for (const name of ["tabindex", "aria-selected", "data-live-failed", "open", "style"]) node.removeAttribute(name);
      node.classList.remove("changed", "late", "htmx-settling", "htmx-added", "htmx-swapping", "htmx-request");
      if (!node.classList.length) node.removeAttribute("class");
      if (node.matches("time[data-since]")) node.textContent = "";
    }
    return copy.outerHTML.replace(/\s+/g, " ");
  };
  return plain(old) === plain(fresh);
}

function flash(el) {
  if (el.hasAttribute("data-live-quiet")) return;
  el.classList.add("changed");
  el.addEventListener("animationend", () => el.classList.remove("changed"), { once: true });
}
