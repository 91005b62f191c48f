/* Keyboard. A page declares its own keys with data-key="n" (or "g b") on a link or button; `?` lists them all.
   data-list marks a list whose data-item children are walked with j and k. Single-key shortcuts can be switched off
   (WCAG 2.1.4). */
import { word } from "./words.js";

const help = document.getElementById("help");
const remembered = "yipan.keys";
let on = localStorage.getItem(remembered) !== "off";
let prefix = "";
let prefixTimer = 0;

const typing = (el) => el.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const visible = (el) => el.checkVisibility?.() ?? el.offsetParent !== null;
const labelOf = (el) => el.dataset.keyLabel || el.getAttribute("aria-label") || el.querySelector("span")?.textContent || el.textContent;

function fillHelp() {
  const body = help.querySelector("[data-keys]");
  const own = new Map();
  for (const el of document.querySelectorAll("[data-key]")) if (!own.has(el.dataset.key)) own.set(el.dataset.key, labelOf(el).trim());
  const common = [["/", word("search")], ["?", word("help")], ["j", word("next")], ["k", word("previous")], ["Enter", word("open")],
    ["Esc", word("close")], ["← ↑ ↓ →", word("cells")]];
  body.replaceChildren(...[...common, ...own].map(([key, text]) => {
    const row = document.createElement("tr");
    const name = row.insertCell();
    name.textContent = text;
    const keys = row.insertCell();
    for (const part of key.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = part;
      keys.append(kbd, " ");
    }
    return row;
  }));
}

function showHelp() {
  if (!help || help.open) return;
  fillHelp();
  help.querySelector("[data-keys-on]").checked = on;
  document.querySelectorAll("[popover]:popover-open").forEach((el) => el.hidePopover());
  help.showModal();
}

function walk(step) {
  const list = document.activeElement.closest("[data-list]") ?? document.querySelector("[data-list]");
  const items = [...(list?.querySelectorAll("[data-item]") ?? [])].filter(visible);
  if (!items.length) return false;
  const here = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[here < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(here + step, 0), items.length - 1)];
  const target = next.matches("a, button, [tabindex]") ? next : next.querySelector("a, button, [tabindex]") ?? next;
  if (!target.matches("a, button, [tabindex]")) target.tabIndex = -1;
  target.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(key) {
  const wanted = prefix ? `${prefix} ${key}` : key;
  clearTimeout(prefixTimer);
  prefix = "";
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(wanted)}"]`)].find((el) => !el.disabled);
  if (found) {
    if (found.matches("input, select, textarea")) found.focus();
    else found.click();
    return true;
  }
  if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    prefix = key;
    prefixTimer = setTimeout(() => { prefix = ""; }, 1200);
    return true;
  }
  return false;
}

function focusSearch() {
  const field = document.getElementById("search");
  if (!field || !visible(field)) return false;
  field.focus();
  field.select();
  return true;
}

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && focusSearch()) return event.preventDefault();
  if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || typing(event.target)) return undefined;
  if (document.querySelector("dialog[open]")) return undefined;
  if (event.key === "?") return showHelp();
  if (!on) return undefined;
  const done = event.key === "/" ? focusSearch()
    : event.key === "j" && !prefix ? walk(1)
      : event.key === "k" && !prefix ? walk(-1)
        : event.key === "Enter" ? openItem(event.target)
          : event.key.length === 1 && press(event.key);
  if (done) event.preventDefault();
  return undefined;
});

/** Enter on an item that is not itself a link opens the item's main link. */
function openItem(target) {
  if (target.matches("a, button, summary, input")) return false;
  const link = target.closest("[data-item]")?.querySelector("[data-open]");
  link?.click();
  return Boolean(link);
}

document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) showHelp(); });
help?.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-on]")) return;
  on = event.target.checked;
  localStorage.setItem(remembered, on ? "on" : "off");
});
