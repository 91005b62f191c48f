/* One tab stop for a field of many cells ([data-roving]); arrows go to the nearest cell that way, Home and End to the
   first and last of the field. Cells are its a, button and [data-cell] descendants. */
const CELLS = "a, button, [data-cell]";
const cellsOf = (field) => [...field.querySelectorAll(CELLS)].filter((cell) => !cell.disabled);

function settle(field) {
  const cells = cellsOf(field);
  const current = cells.find((cell) => cell.tabIndex === 0 && cell.hasAttribute("tabindex")) ?? cells[0];
  for (const cell of cells) cell.tabIndex = cell === current ? 0 : -1;
}

function nearest(cells, from, key) {
  const start = from.getBoundingClientRect();
  const across = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  let best = null;
  let bestCost = Infinity;
  for (const cell of cells) {
    if (cell === from) continue;
    const box = cell.getBoundingClientRect();
    const dx = box.left + box.width / 2 - start.left - start.width / 2;
    const dy = box.top + box.height / 2 - start.top - start.height / 2;
    const ahead = (across ? dx : dy) * sign;
    const aside = Math.abs(across ? dy : dx);
    if (ahead < 4 || (across && aside > start.height / 2)) continue;
    const cost = ahead + aside * 3;
    if (cost < bestCost) [best, bestCost] = [cell, cost];
  }
  return best;
}

function move(from, to) {
  if (!to) return;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
  to.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-roving]");
  if (!field || event.altKey || event.ctrlKey || event.metaKey) return;
  const cells = cellsOf(field);
  const from = event.target.closest(CELLS);
  let to = null;
  if (event.key.startsWith("Arrow")) {
    to = nearest(cells, from, event.key);
    if (!to && event.key === "ArrowRight") to = cells[cells.indexOf(from) + 1];
    if (!to && event.key === "ArrowLeft") to = cells[cells.indexOf(from) - 1];
  } else if (event.key === "Home") [to] = cells;
  else if (event.key === "End") to = cells.at(-1);
  else return;
  event.preventDefault();
  move(from, to);
});

document.addEventListener("focusin", (event) => {
  const cell = event.target.closest?.("[data-roving]") && event.target.closest(CELLS);
  if (!cell || cell.tabIndex === 0) return;
  for (const other of cellsOf(cell.closest("[data-roving]"))) other.tabIndex = other === cell ? 0 : -1;
});

const settleAll = () => document.querySelectorAll("[data-roving]").forEach(settle);
settleAll();
document.addEventListener("htmx:afterSettle", settleAll);
document.addEventListener("yipan:swapped", settleAll);
