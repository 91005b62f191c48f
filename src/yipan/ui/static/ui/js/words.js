/* The words of the page's language, which the server wrote as data. */
const store = document.getElementById("words");
const words = store ? JSON.parse(store.textContent) : {};

/** The word for `key`, with {names} replaced from `values`. */
export function word(key, values = {}) {
  return String(words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const themeWords = words.theme ?? {};
