/* Running clocks. The time is the server's, so that the demo day and a workstation with a wrong clock agree. */
import { word } from "./words.js";

const root = document.documentElement;
let base = Date.parse(root.dataset.now) || Date.now();
let heard = performance.now();
let speed = 1;

/** The server's present, in milliseconds since 1970. */
export const now = () => base + (performance.now() - heard) * speed;

/** Take over the server's time; `rate` is how fast its clock runs, when it says so. */
export function setNow(iso, rate) {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return;
  base = at;
  heard = performance.now();
  if (rate > 0) speed = rate;
}

const zone = document.body.dataset.zone || undefined;
const wall = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: zone });
const two = (n) => String(n).padStart(2, "0");

/** 00:07:12 within a day, then days and hours. */
export function duration(ms) {
  const total = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(total / 86400);
  const clock = [Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60].map(two);
  if (!days) return clock.join(":");
  return days < 10 ? `${word("days", { n: days })} ${clock[0]}:${clock[1]}` : word("days", { n: days });
}

function tick() {
  const at = now();
  for (const el of document.querySelectorAll("[data-clock]")) el.textContent = wall.format(at);
  for (const el of document.querySelectorAll("time[data-since]")) {
    const passed = at - Date.parse(el.dataset.since);
    const shown = duration(passed);
    if (el.textContent !== shown) el.textContent = shown;
    const target = Number(el.dataset.targetMinutes);
    el.classList.toggle("late", target > 0 && passed > target * 60000);
  }
}

tick();
setInterval(tick, 1000);
