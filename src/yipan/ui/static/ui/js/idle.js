/* Locks the computer when nobody has touched it for as long as the server allows (data-idle, seconds). What a person
   does counts, in any tab; what the page fetches by itself does not. */
const LOOK = 5000;        // ms between two looks at the time
const TELL = 60000;       // ms: at most this often the server hears that somebody is there
const KEY = "yipan_touched";

const limit = Number(document.body.dataset.idle) * 1000;
const form = document.querySelector("[data-hand-over]");
let told = Date.now();
let leaving = false;

const read = () => Number(localStorage.getItem(KEY)) || 0;

function touched() {
  const now = Date.now();
  if (now - read() > 1000) localStorage.setItem(KEY, String(now));
  if (now - told < Math.min(TELL, limit / 4)) return;
  told = now;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  fetch(document.body.dataset.here, { method: "POST", headers: { "X-CSRFToken": token }, credentials: "same-origin" }).catch(() => {});
}

function look() {
  if (leaving || Date.now() - read() < limit) return;
  leaving = true;
  form.querySelector("[name=why]").value = "idle";
  form.submit();
}

if (limit && form) {
  localStorage.setItem(KEY, String(Date.now())); // opening a page is a touch
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(kind, touched, { passive: true });
  }
  setInterval(look, Math.min(LOOK, limit / 4));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); }); // a lid that was closed
}
