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

/** Replace `old` by the first element of `html`, or only those of its parts that differ. False when something in it is
    being worked in and was left as it is. */
export function swap(old, html) {
  const pattern = document.createElement("template");
  pattern.innerHTML = html.trim();
  const fresh = pattern.content.firstElementChild;
  if (!fresh) { old.remove(); return true; }
  return put(old, fresh);
}

function put(old, fresh) {
  if (plain(old) === plain(fresh)) return true;
  const mended = mend(old, fresh);
  if (mended !== null) return mended;
  if (waiting(old)) return false;
  replace(old, fresh);
  return true;
}

function replace(old, fresh) {
  const selected = old.getAttribute("aria-selected");
  const find = focusOf(old);
  const open = opened(old);
  const scrolls = [...old.querySelectorAll("[id]")].filter((el) => el.scrollTop).map((el) => [el.id, el.scrollTop]);
  const tabIndex = old.getAttribute("tabindex");
  if (selected && !fresh.hasAttribute("aria-selected")) fresh.setAttribute("aria-selected", selected);
  if (tabIndex !== null) fresh.setAttribute("tabindex", tabIndex);
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  open.forEach((id) => { const el = document.getElementById(id); if (el) el.open = true; });
  scrolls.forEach(([id, top]) => { const el = document.getElementById(id); if (el) el.scrollTop = top; });
  find?.(fresh)?.focus({ preventScroll: true });
  flash(fresh);
}

/* Parts: elements with an id and data-part inside an element that is replaced, and again inside parts. When nothing
   around them differs, only they are looked at: a changed one is replaced, a new one comes in, one that is gone goes. */
const PART = "[data-part]";

const partsOf = (el) => [...el.querySelectorAll(PART)].filter((part) => {
  const around = part.parentElement.closest(PART);
  return !around || around === el || !el.contains(around);
});

/** What is around the parts of an element. */
function shell(el) {
  const copy = el.cloneNode(true);
  partsOf(copy).forEach((part) => part.remove());
  return plain(copy);
}

/** Bring the parts of `old` up to date: true, or false when one that is being worked in was left; null when they are
    not all there is to change. */
function mend(old, fresh) {
  const known = new Map(partsOf(old).map((part) => [part.id, part]));
  const after = partsOf(fresh);
  const parents = new Map(after.filter((part) => known.has(part.id)).map((part) => [part.parentElement, known.get(part.id).parentElement]));
  if (!after.length || after.some((part) => !parents.has(part.parentElement)) || shell(old) !== shell(fresh)) return null;
  const wanted = new Set(after.map((part) => part.id));
  known.forEach((part) => { if (!wanted.has(part.id)) part.remove(); });
  const places = new Map();
  let whole = true;
  for (const part of after) {
    const parent = parents.get(part.parentElement);
    const here = known.get(part.id);
    const place = places.has(parent) ? places.get(parent).nextElementSibling : parent.querySelector(`:scope > ${PART}`);
    if (here !== place || !here) parent.insertBefore(here ?? part, place);
    if (here) whole = put(here, part) && whole;
    else arrived(part);
    places.set(parent, document.getElementById(part.id));
  }
  return whole;
}

function arrived(part) {
  window.htmx?.process(part);
  flash(part);
}

/** The content, apart from what scripts add, clocks show and each form gets anew. */
function plain(el) {
  const copy = el.cloneNode(true);
  for (const node of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["tabindex", "aria-selected", "data-live-failed", "open", "style"]) node.removeAttribute(name);
    node.classList.remove("changed", "late", "htmx-settling", "htmx-added", "htmx-swapping", "htmx-request");
    if (!node.classList.length) node.removeAttribute("class");
    if (node.matches("time[data-since]")) node.textContent = "";
    if (node.matches("input[name=csrfmiddlewaretoken]")) node.removeAttribute("value");
  }
  return copy.outerHTML.replace(/\s+/g, " ").replace(/> </g, "><");
}

function flash(el) {
  if (el.hasAttribute("data-live-quiet")) return;
  el.classList.add("changed");
  el.addEventListener("animationend", () => el.classList.remove("changed"), { once: true });
}
