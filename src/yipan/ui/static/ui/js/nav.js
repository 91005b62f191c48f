/* Entries of the main navigation that do not fit move into the "More" menu, above what always stands there. */
const nav = document.querySelector("[data-nav]");
const more = nav?.querySelector("[data-nav-more]");

function fit() {
  const list = nav.querySelector(":scope > ul");
  const spill = more.querySelector("[data-nav-spill]");
  const always = more.querySelector("section");
  list.append(...spill.children);
  more.hidden = !always;
  if (list.scrollWidth + more.offsetWidth > nav.clientWidth) {
    more.hidden = false;
    const room = nav.clientWidth - more.offsetWidth;
    while (list.children.length > 1 && list.scrollWidth > room) spill.prepend(list.lastElementChild);
  }
}

if (more) {
  nav.querySelector(":scope > ul").classList.add("clipped");
  new ResizeObserver(fit).observe(nav);
  document.fonts?.ready.then(fit);
}
