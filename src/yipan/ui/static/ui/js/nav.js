/* Entries of the main navigation that do not fit move into the "More" menu, above what always stands there. The number
   beside it says how much waits in it. */
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
  const waits = [...more.querySelectorAll("a .count")].reduce((sum, one) => sum + Number(one.textContent), 0);
  const told = more.querySelector("[data-nav-count]");
  told.hidden = !waits;
  told.textContent = waits;
}

if (more) {
  nav.querySelector(":scope > ul").classList.add("clipped");
  new ResizeObserver(fit).observe(nav);
  document.fonts?.ready.then(fit);
}
