/* The viewer: series, frames, window and level, zoom, distances. The server says where everything is, in data-…
   attributes and in the words of the page; pixels are windowed here. */
import { Frames, Refusal, ask } from "./frames.js";
import { distance, fullWindow, meaning, ownWindow } from "./pixels.js";
import { Stage } from "./stage.js";

const root = document.getElementById("viewer");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const words = JSON.parse(document.getElementById("viewer-words").textContent);
const word = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const stage = new Stage(part("canvas"));
const coarse = window.matchMedia("(pointer: coarse)").matches;
const WHEEL_STEP = 40;

const state = {
  frames: null,
  index: 0,
  values: null,
  window: null,
  preset: "own",
  inverted: false,
  tool: coarse ? "scroll" : "window",
  lines: new Map(),
  pointer: null,
  turn: 0,
};

/* --- what is shown ------------------------------------------------------------------------------------------- */
const image = () => state.frames?.all[state.index]?.image;
const colour = () => image()?.samples === 3;

function show() {
  if (!image() || !state.values) return;
  stage.show(image(), state.values, state.window, state.inverted, state.lines.get(state.index) ?? [], state.pointer);
  tell();
}

function tell() {
  const total = state.frames.all.length;
  part("place").textContent = word("place", { n: state.index + 1, total });
  part("slider").value = String(state.index + 1);
  part("slider").setAttribute("aria-valuetext", part("place").textContent);
  const { center, width } = state.window;
  part("window").textContent = colour() ? word("colour") : word("window", { center: round(center), width: round(width) });
  part("zoom").textContent = word("zoom", { percent: Math.round(stage.zoom * 100) });
  part("inverted").hidden = !state.inverted;
  const lines = state.lines.get(state.index) ?? [];
  part("lines").replaceChildren(
    ...lines.map((line, n) => {
      const item = document.createElement("li");
      item.textContent = word("distance", { n: n + 1, length: line.text });
      return item;
    }),
  );
  part("measures").hidden = !lines.length;
  root.dataset.frame = String(state.index + 1);
  root.dataset.center = String(round(center));
  root.dataset.width = String(round(width));
}

const round = (value) => (Math.abs(value) >= 10 ? Math.round(value) : Math.round(value * 100) / 100);

function length(a, b) {
  const size = distance(image(), a, b);
  const key = image().spacing ? (image().at_detector ? "detector" : "millimetres") : "pixels";
  return word(key, { n: size.toFixed(1) });
}

/* --- series and frames --------------------------------------------------------------------------------------- */
async function openSeries(link) {
  state.frames?.end();
  root.querySelectorAll("[data-series]").forEach((other) => other.removeAttribute("aria-current"));
  link.setAttribute("aria-current", "true");
  const turn = (state.turn += 1);
  say("");
  busy(word("opening"));
  part("stage").hidden = false;
  try {
    const told = await (await ask(link.dataset.series)).json();
    if (turn !== state.turn) return;
    begin(told);
    await goTo(0, { fresh: true });
  } catch (error) {
    if (turn === state.turn) fail(error, () => openSeries(link));
  } finally {
    if (turn === state.turn) busy("");
  }
}

function begin(told) {
  if (!told.images.length) throw new Refusal(told.others ? word("no_images") : word("empty"));
  const addressOf = (of, number) => told.frame.replace("{instance}", of.uid).replace("{number}", number);
  state.frames = new Frames(told.images, addressOf, progress);
  state.lines = new Map();
  state.pointer = null;
  state.preset = "own";
  state.inverted = false;
  stage.reset();
  const total = state.frames.all.length;
  part("slider").max = String(total);
  part("slider").closest("label").hidden = total < 2;
  part("presets").hidden = told.images[0].samples === 3;
  root.querySelectorAll("[data-needs-unit]").forEach((button) => (button.hidden = told.images[0].unit !== "HU"));
  progress(0, total);
}

async function goTo(index, { fresh = false } = {}) {
  if (!state.frames) return;
  const wanted = Math.max(0, Math.min(state.frames.all.length - 1, index));
  state.index = wanted;
  state.frames.around(wanted);
  const frames = state.frames;
  try {
    const values = await frames.values(wanted);
    if (state.frames !== frames || state.index !== wanted) return;
    state.values = values;
    if (fresh || (state.preset === "own" && !state.window)) state.window = ownWindow(image(), values);
    if (fresh) {
      mark("preset", "own");
      stage.fit();
    }
    say("");
    show();
  } catch (error) {
    if (state.frames === frames && error.name !== "AbortError") fail(error, () => goTo(wanted, { fresh }));
  }
}

function progress(here, total) {
  const bar = part("progress");
  bar.max = total;
  bar.value = here;
  part("loaded").textContent = word("loaded", { here, total });
  part("loading").hidden = here >= total || total < 2;
  root.dataset.loaded = String(here);
}

function busy(text) {
  part("busy").textContent = text;
  part("busy").hidden = !text;
}

function say(text) {
  part("problem").hidden = !text;
  part("problem-text").textContent = text;
}

function fail(error, again) {
  say(error instanceof Refusal ? error.told || word("away") : word("broken"));
  part("again").onclick = () => {
    say("");
    if (state.frames?.stop.signal.aborted) state.frames.stop = new AbortController();
    again();
  };
}

/* --- window -------------------------------------------------------------------------------------------------- */
function choose(preset, given) {
  if (!state.values || colour()) return;
  state.preset = preset;
  if (preset === "own") state.window = ownWindow(image(), state.values);
  else if (preset === "full") state.window = fullWindow(image(), state.values);
  else state.window = given;
  mark("preset", preset);
  show();
}

function changeWindow(x, y) {
  if (colour()) return;
  const { center, width } = state.window;
  const step = Math.max(0.01, width / 300);
  state.window = { center: center + y * step, width: Math.max(1, width + x * step) };
  state.preset = "";
  mark("preset", "");
  show();
}

function mark(kind, value) {
  root.querySelectorAll(`[data-${kind}]`).forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset[kind] === value));
  });
}

/* --- tools --------------------------------------------------------------------------------------------------- */
function take(tool) {
  state.tool = tool;
  state.pointer = null;
  mark("tool", tool);
  root.dataset.tool = tool;
  show();
}

function reset() {
  stage.reset();
  state.inverted = false;
  state.lines.delete(state.index);
  state.pointer = null;
  part("invert").setAttribute("aria-pressed", "false");
  choose("own");
  show();
}

function invert() {
  state.inverted = !state.inverted;
  part("invert").setAttribute("aria-pressed", String(state.inverted));
  show();
}

function measured(a, b) {
  if (distance({ ...image(), spacing: null }, a, b) < 1) return;
  const lines = [...(state.lines.get(state.index) ?? []), { a, b, text: length(a, b) }];
  state.lines.set(state.index, lines);
  part("said").textContent = word("distance", { n: lines.length, length: length(a, b) });
}

/* Pointers: one drags with the chosen tool, two pinch and move. */
const pointers = new Map();
let drag = null;

function down(event) {
  if (!image()) return;
  part("canvas").setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, event);
  drag = { x: event.clientX, y: event.clientY, moved: 0, rest: 0, start: stage.imagePoint(event) };
  drag.tool = event.button === 1 ? "pan" : event.button === 2 ? "zoom" : state.tool;
}

function move(event) {
  if (!image()) return;
  underPointer(event);
  if (!drag || !pointers.has(event.pointerId)) return;
  if (pointers.size === 2) return pinch(event);
  pointers.set(event.pointerId, event);
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  drag.x = event.clientX;
  drag.y = event.clientY;
  if (drag.tool === "window") changeWindow(x, y);
  else if (drag.tool === "pan") stage.moveBy(x, y);
  else if (drag.tool === "zoom") stage.zoomBy(Math.exp(-y / 200));
  else if (drag.tool === "scroll") scrollBy(y);
  else if (drag.tool === "measure") preview(event);
  if (drag.tool === "zoom") tell();
}

function pinch(event) {
  const before = spread();
  pointers.set(event.pointerId, event);
  const after = spread();
  stage.moveBy(after.x - before.x, after.y - before.y);
  stage.zoomBy(after.apart / Math.max(1, before.apart), { clientX: after.x, clientY: after.y });
  drag.tool = "";
  tell();
}

function spread() {
  const [a, b] = [...pointers.values()];
  return {
    x: (a.clientX + b.clientX) / 2,
    y: (a.clientY + b.clientY) / 2,
    apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
  };
}

function scrollBy(y) {
  drag.rest += y;
  const each = Math.max(4, Math.min(24, 400 / state.frames.all.length));
  const steps = Math.trunc(drag.rest / each);
  if (!steps) return;
  drag.rest -= steps * each;
  goTo(state.index + steps);
}

function preview(event) {
  const to = stage.imagePoint(event);
  const done = state.lines.get(state.index) ?? [];
  const line = { a: drag.start, b: to, text: length(drag.start, to) };
  stage.show(image(), state.values, state.window, state.inverted, [...done, line], null);
}

function up(event) {
  if (drag?.tool === "measure" && pointers.size === 1) {
    measured(drag.start, stage.imagePoint(event));
    show();
  }
  pointers.delete(event.pointerId);
  if (!pointers.size) drag = null;
}

function underPointer(event) {
  const { x, y } = stage.imagePoint(event);
  const [column, row] = [Math.round(x), Math.round(y)];
  const inside = column >= 0 && row >= 0 && column < image().columns && row < image().rows;
  part("value").textContent = inside && state.values && !colour()
    ? word("value", { x: column, y: row, value: round(meaning(image(), state.values[row * image().columns + column])), unit: image().unit })
    : "";
}

let rolled = 0;
function wheel(event) {
  if (!state.frames) return;
  event.preventDefault();
  if (event.ctrlKey) {
    stage.zoomBy(Math.exp(-event.deltaY / 300), event);
    return tell();
  }
  rolled += event.deltaMode ? event.deltaY * WHEEL_STEP : event.deltaY;
  const steps = Math.trunc(rolled / WHEEL_STEP);
  if (!steps) return;
  rolled -= steps * WHEEL_STEP;
  goTo(state.index + Math.sign(steps) * Math.min(Math.abs(steps), 3));
}

/* --- keys on the image --------------------------------------------------------------------------------------- */
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1, PageUp: -10, PageDown: 10 };

function pressed(event) {
  if (!image() || event.altKey || event.metaKey || event.ctrlKey) return;
  const step = STEPS[event.key];
  if (state.tool === "measure" && event.key.startsWith("Arrow")) moveCross(event);
  else if (state.tool === "measure" && (event.key === "Enter" || event.key === " ")) setPoint();
  else if (event.shiftKey && event.key.startsWith("Arrow")) {
    changeWindow({ ArrowLeft: -10, ArrowRight: 10 }[event.key] ?? 0, { ArrowUp: -10, ArrowDown: 10 }[event.key] ?? 0);
  } else if (step) goTo(state.index + step);
  else if (event.key === "Home") goTo(0);
  else if (event.key === "End") goTo(Infinity);
  else if (event.key === "+" || event.key === "=") stage.zoomBy(1.2);
  else if (event.key === "-") stage.zoomBy(1 / 1.2);
  else if (event.key === "Escape" && state.pointer) state.pointer = null;
  else return;
  event.preventDefault();
  event.stopPropagation();
  show();
}

function moveCross(event) {
  const far = event.shiftKey ? 10 : 1;
  const at = state.pointer ?? { x: Math.floor(image().columns / 2), y: Math.floor(image().rows / 2) };
  const x = { ArrowLeft: -far, ArrowRight: far }[event.key] ?? 0;
  const y = { ArrowUp: -far, ArrowDown: far }[event.key] ?? 0;
  state.pointer = {
    ...at,
    x: Math.max(0, Math.min(image().columns - 1, at.x + x)),
    y: Math.max(0, Math.min(image().rows - 1, at.y + y)),
  };
}

function setPoint() {
  const at = state.pointer;
  if (!at) return;
  if (at.from) {
    measured(at.from, { x: at.x, y: at.y });
    state.pointer = { x: at.x, y: at.y };
  } else {
    state.pointer = { ...at, from: { x: at.x, y: at.y } };
    part("said").textContent = word("first_point");
  }
}

/* --- start --------------------------------------------------------------------------------------------------- */
const canvas = part("canvas");
canvas.addEventListener("pointerdown", down);
canvas.addEventListener("pointermove", move);
canvas.addEventListener("pointerup", up);
canvas.addEventListener("pointercancel", up);
canvas.addEventListener("wheel", wheel, { passive: false });
canvas.addEventListener("contextmenu", (event) => event.preventDefault());
canvas.addEventListener("keydown", pressed);
canvas.addEventListener("dblclick", () => {
  stage.reset();
  show();
});
part("slider").addEventListener("input", (event) => goTo(Number(event.target.value) - 1));
part("invert").addEventListener("click", invert);
part("reset").addEventListener("click", reset);
root.querySelectorAll("[data-tool]").forEach((button) => button.addEventListener("click", () => take(button.dataset.tool)));
root.querySelectorAll("[data-preset]").forEach((button) => {
  const { preset, center, width } = button.dataset;
  button.addEventListener("click", () => choose(preset, { center: Number(center), width: Number(width) }));
});
root.querySelectorAll("[data-series]").forEach((button) => button.addEventListener("click", () => openSeries(button)));
root.classList.add("ready");
take(state.tool);
const first = root.querySelector("[data-series]");
if (first) openSeries(first);
