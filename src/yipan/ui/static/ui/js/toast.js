/* Short messages in the corner: asked for by the server (HX-Trigger) or by a failed request. */
import { word } from "./words.js";

const place = document.getElementById("toasts");
const pattern = document.getElementById("toast");
const STAY = 7000;

/** Show `text`; errors stay until they are closed. */
export function toast(text, tone = "done") {
  if (!place || !pattern) return;
  const note = pattern.content.firstElementChild.cloneNode(true);
  note.className = `notice tone-${tone}`;
  note.querySelector("[data-text]").textContent = text;
  place.append(note);
  while (place.children.length > 4) place.firstElementChild.remove();
  if (tone === "done" || tone === "info") setTimeout(() => note.remove(), STAY);
}

document.addEventListener("yipan:toast", (event) => toast(event.detail.text, event.detail.tone));
document.addEventListener("htmx:sendError", () => toast(word("failed"), "error"));
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) toast(word("failed"), "error");
});
