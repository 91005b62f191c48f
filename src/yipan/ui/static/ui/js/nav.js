/* Entries of the main navigation that do not fit move into the "More" menu. */
const nav = document.querySelector("[data-nav]");
const more = nav?.querySelector("[data-nav-more]");

function fit() {
  const list = nav.querySelector(":scope > ul");
  const panel = more.querySelector("ul");
  list.append(...panel.children);
  more.hidden = true;
  if (list.scrollWidth <= nav.clientWidth) return;
  more.hidden = false;
  const room = nav.clientWidth - more.offsetWidth;
  while (list.children.length > 1 && list.scrollWidth > room) panel.prepend(list.lastElementChild);
}

if (more) {
  nav.querySelector(":scope > ul").classList.add("clipped");
  new ResizeObserver(fit).observe(nav);
  document.fonts?.ready.then(fit);
}
