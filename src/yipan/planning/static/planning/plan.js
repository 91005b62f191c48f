// Ticking: all that is unchanged at once, or none.
const form = document.querySelector(".plan-form");
const all = form?.querySelector("[data-tick-all]");
if (all) {
  const boxes = () => [...form.querySelectorAll("input[data-unchanged]")];
  all.hidden = boxes().length === 0;
  all.addEventListener("click", () => {
    const tick = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = tick;
  });
}
