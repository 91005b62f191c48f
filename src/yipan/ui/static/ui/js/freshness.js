/* The light beside the clock: live, stale (nothing heard for 30 s) or offline, in shape, colour and words. */
import { word } from "./words.js";

const STALE = 30000;
const light = document.querySelector("[data-fresh]");
const words = light?.querySelector("[data-fresh-words]");
let last = 0;
let lostSince = 0;

function show(state, text) {
  if (light.dataset.state !== state) light.dataset.state = state;
  if (words.textContent !== text) words.textContent = text;
}

function look() {
  const silent = performance.now() - last;
  const gone = !navigator.onLine || (lostSince && performance.now() - lostSince > 10000);
  if (gone) show("offline", word("offline"));
  else if (!last) show("waiting", word("connecting"));
  else if (silent > STALE) show("stale", word("stale", { seconds: Math.floor(silent / 10000) * 10 }));
  else show("live", word("live"));
}

export const freshness = {
  /** A message arrived. */
  heard() { last = performance.now(); lostSince = 0; look(); },
  /** The connection broke; the browser tries again by itself. */
  lost() { lostSince ||= performance.now(); look(); },
  start() { look(); setInterval(look, 1000); },
};
