/* The board: a bed opens beside it, filters apply at once, arrows cross from ward to ward, wards fold on phones.
   Without this script every link is a page and the filters are a form. */
import { swap } from "../ui/js/swap.js";

const narrow = window.matchMedia("(max-width: 760px)");
const board = () => document.getElementById("board");
const panel = () => document.getElementById("bed-panel");

document.documentElement.classList.add("board-js");

/* --- one bed ------------------------------------------------------------------------------------------------- */
const cellOf = (id) => document.getElementById(`b${id}`);
let opener = null;

function markCurrent(id) {
  document.querySelectorAll(".bed[aria-current]").forEach((cell) => cell.removeAttribute("aria-current"));
  cellOf(id)?.setAttribute("aria-current", "true");
}

function remember(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set("bed", id);
  else address.searchParams.delete("bed");
  history.replaceState(history.state, "", address);
}

async function openBed(href, id, from) {
  opener = from;
  await window.htmx.ajax("GET", href, { target: "#bed-panel", swap: "innerHTML" });
  if (!panel().firstElementChild) return;
  panel().hidden = false;
  panel().closest(".board-side").scrollTop = 0;
  markCurrent(id);
  remember(id);
  if (from) document.getElementById("sheet-title")?.focus({ preventScroll: true });
}

function closeBed() {
  if (!panel() || panel().hidden) return false;
  const cell = cellOf(panel().querySelector("[data-bed]")?.dataset.bed) ?? opener;
  panel().hidden = true;
  panel().replaceChildren();
  markCurrent("");
  remember("");
  cell?.focus({ preventScroll: true });
  return true;
}

/** Fetch a ward's counts and cells again, for when the live connection is slower than the hand. */
async function refreshWard(ward) {
  const response = await fetch(`${ward.dataset.liveBatch}?ids=${ward.dataset.liveId}`, { headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  const pattern = document.createElement("template");
  pattern.innerHTML = await response.text();
  for (const fresh of [...pattern.content.children]) {
    const old = document.getElementById(fresh.id);
    if (old) swap(old, fresh.outerHTML);
  }
  document.dispatchEvent(new CustomEvent("yipan:swapped"));
}

/* A step taken in the panel: stay where we are, say how it went, show the bed as it is now. */
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("#bed-panel form[method=post]");
  if (!form || !window.htmx) return;
  event.preventDefault();
  const { bed } = form.closest("[data-bed]").dataset;
  const cell = cellOf(bed);
  await window.htmx.ajax("POST", form.action, { source: form, swap: "none", values: Object.fromEntries(new FormData(form)) });
  if (cell) {
    await refreshWard(cell.closest(".ward"));
    openBed(cellOf(bed).href, bed, cellOf(bed));
  }
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const cell = event.target.closest("#board .bed");
  if (cell && window.htmx) {
    event.preventDefault();
    openBed(cell.href, cell.id.slice(1), cell);
  } else if (event.target.closest("#bed-panel [data-close]")) {
    event.preventDefault();
    closeBed();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && closeBed()) event.preventDefault();
});

/* --- arrows from one ward to the next ------------------------------------------------------------------------ */
let before = null;
document.addEventListener("keydown", (event) => {
  before = ["ArrowUp", "ArrowDown"].includes(event.key) && event.target.closest?.("#board .bed") ? event.target : null;
}, true);
document.addEventListener("keydown", (event) => {
  if (!before || document.activeElement !== before) return;
  const down = event.key === "ArrowDown";
  const fields = [...board().querySelectorAll(".ward:not(.folded) .beds")];
  const next = fields[fields.indexOf(before.closest(".beds")) + (down ? 1 : -1)];
  const cells = next ? [...next.querySelectorAll(".bed")] : [];
  if (!cells.length) return;
  const x = before.getBoundingClientRect().left;
  const tops = cells.map((cell) => cell.getBoundingClientRect());
  const row = down ? Math.min(...tops.map((box) => box.top)) : Math.max(...tops.map((box) => box.top));
  const near = cells.map((cell, i) => [Math.abs(tops[i].top - row) * 10 + Math.abs(tops[i].left - x), cell]);
  const [, target] = near.reduce((a, b) => (b[0] < a[0] ? b : a));
  cells.forEach((cell) => { cell.tabIndex = cell === target ? 0 : -1; });
  target.focus();
  target.scrollIntoView({ block: "nearest" });
});

/* --- filters ------------------------------------------------------------------------------------------------- */
let typing = 0;
const apply = (form) => form.requestSubmit();
document.addEventListener("change", (event) => {
  if (event.target.matches("#board-form select")) apply(event.target.form);
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("#board-q") || event.isComposing) return;
  clearTimeout(typing);
  typing = setTimeout(() => apply(event.target.form), 600);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("#board-form")) return;
  // Empty fields make long addresses that nobody can read.
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  if (document.activeElement?.id === "board-q") sessionStorage.setItem("board.typing", "1");
});

/* --- wards on a phone ---------------------------------------------------------------------------------------- */
function fold(ward, closed) {
  ward.classList.toggle("folded", closed);
  ward.querySelector("[data-fold]")?.setAttribute("aria-expanded", String(!closed));
}
document.addEventListener("click", (event) => {
  const ward = event.target.closest("[data-fold]")?.closest(".ward");
  if (ward) fold(ward, !ward.classList.contains("folded"));
});
function foldAll() {
  const closed = narrow.matches && board() && !("filtered" in board().dataset);
  document.querySelectorAll(".ward").forEach((ward) => fold(ward, Boolean(closed)));
}
narrow.addEventListener("change", foldAll);
foldAll();

/* --- on arrival ---------------------------------------------------------------------------------------------- */
const field = document.getElementById("board-q");
if (field && sessionStorage.getItem("board.typing")) {
  sessionStorage.removeItem("board.typing");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
const { wanted, href } = panel()?.dataset ?? {};
if (wanted) openBed(href, wanted, null);
window.addEventListener("pageshow", () => {
  document.querySelectorAll("#board-form :disabled").forEach((el) => { el.disabled = false; });
});
