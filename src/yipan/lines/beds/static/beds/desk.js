/* The desk: digits and Enter choose a bed, a patient can be dragged onto one, holds count down. Everything here has a
   plain form or link behind it. */
import { duration, now } from "../ui/js/clock.js";

const root = document.documentElement;
root.classList.add("desk-js");

const offers = () => [...document.querySelectorAll(".offer[data-item]")];
const typing = (el) => el.closest?.("input, textarea, select, [contenteditable]");
const keysOn = () => localStorage.getItem("yipan.keys") !== "off";

/* 1–8 mark a proposal, Enter holds the marked one; j, k and Enter inside the list are those of every list. */
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open], details[data-popup][open]") || !keysOn()) return;
  if (/^[1-9]$/.test(event.key)) {
    const chosen = offers()[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.focus();
    chosen.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && event.target === document.body && !event.repeat) {
    const button = offers()[0]?.querySelector("[data-open]");
    if (!button) return;
    event.preventDefault();
    button.click();
  }
});

/* A second press while the first is under way must not hold twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest(".offers, .kept-do, [data-drop]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

/* Dragging. The form that is sent is that of the request which was dragged; the rules are asked again by the server. */
const drop = document.querySelector("form[data-drop]");
let carried = "";

function makeDraggable() {
  for (const el of document.querySelectorAll("[data-drag]")) el.draggable = true;
}

if (drop) {
  makeDraggable();
  document.addEventListener("yipan:swapped", makeDraggable);
  document.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.("[data-drag]");
    if (!card) return;
    carried = card.dataset.drag;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.textContent.trim().slice(0, 80));
    card.classList.add("dragging");
  });
  document.addEventListener("dragend", (event) => {
    carried = "";
    event.target.classList?.remove("dragging");
    document.querySelectorAll(".offer.over").forEach((el) => el.classList.remove("over"));
  });
  document.addEventListener("dragover", (event) => {
    const offer = carried && event.target.closest?.("[data-bed]");
    document.querySelectorAll(".offer.over").forEach((el) => el.classList.toggle("over", el === offer));
    if (!offer) return;
    event.preventDefault();
    offer.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const offer = carried && event.target.closest?.("[data-bed]");
    if (!offer) return;
    event.preventDefault();
    drop.action = carried;
    drop.elements.bed.value = offer.dataset.bed;
    drop.requestSubmit();
  });
}

/* Time that is left of a hold. */
function countDown() {
  for (const el of document.querySelectorAll("time[data-until]")) {
    const left = Date.parse(el.dataset.until) - now();
    el.textContent = duration(Math.max(0, left)).replace(/^00:/, "");
    el.classList.toggle("soon", left < 180000);
  }
}
if (document.querySelector(".desk")) {
  countDown();
  setInterval(countDown, 1000);
  document.addEventListener("yipan:swapped", countDown);
}

/* Selects of filters apply by themselves. */
document.addEventListener("change", (event) => {
  if (event.target.matches("form[data-auto] select")) event.target.form.requestSubmit();
});

/* The empty desk opens by itself when somebody comes. */
const nobody = document.querySelector("[data-reload-on]");
if (nobody) {
  const kinds = nobody.dataset.reloadOn.split(" ");
  document.addEventListener("yipan:event", (event) => { if (kinds.includes(event.detail.kind)) location.reload(); });
}

/* A new request: Enter in the search searches; a card number gives sex and birth date; a code brings its name. */
const ask = document.querySelector("form.ask");
if (ask) {
  ask.elements.q?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    window.htmx?.trigger(event.target, "search");
  });
  ask.elements.id_number?.addEventListener("change", (event) => {
    const number = event.target.value.replace(/[\s-]/g, "").toUpperCase();
    if (!/^\d{17}[\dX]$/.test(number)) return;
    const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
    if (!ask.elements.birth_date.value) ask.elements.birth_date.value = born;
    const sex = Number(number[16]) % 2 ? "male" : "female";
    if (["", "unknown"].includes(ask.elements.sex.value)) ask.elements.sex.value = sex;
  });
  ask.addEventListener("change", (event) => {
    if (event.target.name !== "patient" || event.target.value !== "new") return;
    const name = ask.elements.name;
    if (!name.value && /^[\p{sc=Han}·\s]+$/u.test(ask.elements.q.value)) name.value = ask.elements.q.value.trim();
    name.focus();
  });
}
const code = document.querySelector("[name=diagnosis_code][list]");
code?.addEventListener("change", () => {
  const option = [...code.list.options].find((one) => one.value === code.value);
  const text = code.form.elements.diagnosis;
  if (option && (!text.value || text.dataset.filled === text.value)) {
    text.value = option.label || option.textContent;
    text.dataset.filled = text.value;
  }
});
