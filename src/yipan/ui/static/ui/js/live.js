/* Live updates. One EventSource for the page; elements say what they listen to:

     data-live="capacity:ID ward:ID site:ID request:ID any:beds."   any of these
     data-live-src="/url/of/fragment"                                 refetch this and replace the element
     data-live-batch="/beds/cells" data-live-id="ID"                  or: many cells in one request, ?ids=ID,ID

   A message carries identifiers only; the browser then asks for the fragment as itself, so access is checked there. */
import { setNow } from "./clock.js";
import { freshness } from "./freshness.js";
import { swap, waiting } from "./swap.js";

const GATHER = 250;       // ms: changes that arrive together are fetched together
const CELLS_AT_ONCE = 80; // identifiers in one request, so that its address stays short
const HIDDEN_FOR = 20000; // ms: after this a hidden tab gives its connection back
const LATER = 1500;       // ms: before asking again whether a person has finished typing
const AGAIN = 5000;       // ms: before another try
const KINDS = ["capacity", "ward", "site", "request", "booking", "patient"];

const url = document.body.dataset.liveStream;
const news = { keys: new Set(), kinds: new Set(), all: false, failed: false };
const late = new Set();
const fetched = new Map();
let timer = 0;
let source = null;
let hiddenTimer = 0;
let lastTick = null;
let lastId = "";

const concerns = (key) => (key.startsWith("any:") ? [...news.kinds].some((kind) => kind.startsWith(key.slice(4))) : news.keys.has(key));

/** The elements that the gathered news concern; the news are forgotten. One pass, however many messages came. */
function concerned() {
  const found = [...document.querySelectorAll("[data-live]")].filter((el) => news.all || late.has(el)
    || (news.failed && el.hasAttribute("data-live-failed")) || el.dataset.live.split(" ").some(concerns));
  late.clear();
  news.keys.clear();
  news.kinds.clear();
  news.all = news.failed = false;
  return found;
}

function soon(wait = GATHER) {
  timer ||= setTimeout(refetch, wait);
}

function everything() {
  news.all = true;
  soon();
}

function retryFailed() {
  if (!document.querySelector("[data-live-failed]")) return;
  news.failed = true;
  soon();
}

async function fetchText(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true", "X-Live": "1" }, credentials: "same-origin" });
  if (response.redirected || !response.ok) throw new Error(String(response.status));
  return response.text();
}

async function one(el) {
  try {
    const fresh = await fetchText(el.dataset.liveSrc);
    el.removeAttribute("data-live-failed");
    if (!swap(el, fresh)) late.add(el); // somebody works in it
  } catch {
    el.setAttribute("data-live-failed", "");
  }
}

async function batch(address, cells) {
  const byId = new Map(cells.map((el) => [el.dataset.liveId, el]));
  const ids = [...byId.keys()];
  for (let i = 0; i < ids.length; i += CELLS_AT_ONCE) {
    const part = ids.slice(i, i + CELLS_AT_ONCE);
    try {
      const join = address.includes("?") ? "&" : "?";
      const pattern = document.createElement("template");
      pattern.innerHTML = await fetchText(`${address}${join}ids=${part.join(",")}`);
      for (const fresh of [...pattern.content.children]) {
        const old = fresh.id && document.getElementById(fresh.id);
        if (old && !swap(old, fresh.outerHTML)) late.add(old);
      }
    } catch {
      part.forEach((id) => byId.get(id).setAttribute("data-live-failed", ""));
    }
  }
}

/** Has this element been fetched within its own pause (data-live-gather, ms)? Then it waits for the next round. */
function resting(el) {
  const pause = Number(el.dataset.liveGather ?? 0);
  if (!pause || !el.id) return false;
  if (performance.now() - (fetched.get(el.id) ?? -Infinity) < pause) return true;
  fetched.set(el.id, performance.now());
  return false;
}

async function refetch() {
  timer = 0;
  const found = concerned();
  found.filter((el) => resting(el) || (waiting(el) && !el.querySelector("[data-part]"))).forEach((el) => late.add(el));
  const ready = found.filter((el) => !late.has(el));
  const batches = new Map();
  for (const el of ready.filter((e) => e.dataset.liveBatch)) {
    batches.set(el.dataset.liveBatch, [...(batches.get(el.dataset.liveBatch) ?? []), el]);
  }
  await Promise.all([
    ...ready.filter((el) => !el.dataset.liveBatch && el.dataset.liveSrc).map(one),
    ...[...batches].map(([address, cells]) => batch(address, cells)),
  ]);
  if (ready.length) document.dispatchEvent(new CustomEvent("yipan:swapped"));
  if (late.size) soon(LATER);
}

function hear(event) {
  freshness.heard();
  lastId = event.lastEventId || lastId;
  let message = {};
  try { message = JSON.parse(event.data || "{}"); } catch { return; }
  if (message.now) keepTime(message.now);
  if (event.type === "reset") { everything(); return; }
  if (!message.kind) return;
  for (const kind of KINDS) if (message[kind]) news.keys.add(`${kind}:${message[kind]}`);
  news.kinds.add(message.kind);
  soon();
  document.dispatchEvent(new CustomEvent("yipan:event", { detail: message }));
}

/** Follow the server's clock; two beats tell how fast it runs (the demo day runs faster than ours). */
function keepTime(iso) {
  const at = Date.parse(iso);
  const here = performance.now();
  const rate = lastTick && here - lastTick.here > 2000 ? (at - lastTick.at) / (here - lastTick.here) : 0;
  setNow(iso, rate);
  lastTick = { at, here };
}

function connect() {
  const since = lastId && `${url.includes("?") ? "&" : "?"}since=${encodeURIComponent(lastId)}`;
  source = new EventSource(url.replace(/[?&]since=[^&]*/, lastId ? "" : "$&") + since);
  source.addEventListener("open", () => {
    freshness.heard();
    retryFailed();
  });
  source.addEventListener("error", lost);
  for (const type of ["message", "reset", "clock"]) source.addEventListener(type, hear);
}

/** The browser tries again by itself, except after an answer such as 503: then we do. */
function lost() {
  freshness.lost();
  if (source?.readyState !== EventSource.CLOSED) return;
  close();
  setTimeout(() => { if (!source && !document.hidden) connect(); }, AGAIN);
}

function close() {
  source?.close();
  source = null;
  lastTick = null;
}

/** Connect anew; without an id to go on from, fetch everything. */
function resume() {
  if (source) return;
  connect();
  if (!lastId) everything();
}

/* Browsers allow few connections to one server, shared by all tabs: a tab nobody looks at gives its own back. */
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(close, HIDDEN_FOR);
  else resume();
});

if (url && "EventSource" in window && document.querySelector("[data-fresh]")) {
  freshness.start();
  connect();
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) resume(); });
  setInterval(retryFailed, AGAIN);
  window.addEventListener("offline", () => freshness.lost());
}
