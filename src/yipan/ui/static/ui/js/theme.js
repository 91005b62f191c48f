/* Switches colours without a reload and remembers the choice in the cookie that the server reads. */
import { themeWords } from "./words.js";

const order = ["auto", "light", "dark"];
const after = (theme) => order[(order.indexOf(theme) + 1) % order.length];

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-switch]")) return;
  event.preventDefault();
  const root = document.documentElement;
  const theme = after(root.dataset.theme);
  root.dataset.theme = theme;
  document.cookie = `yipan_theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.value = after(theme);
    button.title = themeWords[theme] ?? button.title;
    button.setAttribute("aria-label", button.title);
  }
  document.dispatchEvent(new CustomEvent("yipan:theme", { detail: theme }));
});
