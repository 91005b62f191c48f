/* Calipers on the paper: two lines with a grip each. Their distance is told in milliseconds and beats a minute, the
   difference of their grips in millivolts. Pointer, touch, or arrows on a focused grip. */
const paper = document.getElementById("ecg");
const button = document.querySelector("[data-calipers]");
const measures = document.querySelector("[data-measures]");
const SVG = "http://www.w3.org/2000/svg";
const FAR = 10;

if (paper && button) start();

function start() {
  const words = JSON.parse(document.getElementById("ecg-words").textContent);
  const word = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const { width, height } = paper.viewBox.baseVal;
  const speed = Number(paper.dataset.speed);
  const gain = Number(paper.dataset.gain);
  const across = Math.max((Number(paper.dataset.step) * speed) / 1000, 0.02);
  const grips = [{ x: 40, y: 25 }, { x: 40 + 0.8 * speed, y: 25 - gain }];
  let layer = null;

  button.hidden = false;
  button.addEventListener("click", () => (layer ? hide() : show()));

  function show() {
    const box = paper.parentElement.getBoundingClientRect();
    const seen = (paper.parentElement.scrollLeft + box.width / 2) * (width / paper.getBoundingClientRect().width);
    const middle = Math.min(Math.max(seen, 0.4 * speed + 5), width - 0.4 * speed - 5);
    Object.assign(grips[0], { x: middle - 0.4 * speed });
    Object.assign(grips[1], { x: middle + 0.4 * speed });
    layer = element("g", {});
    layer.append(element("path", { class: "caliper-span" }), ...grips.map(makeGrip));
    paper.append(layer);
    paper.classList.add("measuring");
    button.setAttribute("aria-pressed", "true");
    draw();
    layer.querySelector(".caliper").focus({ preventScroll: true });
  }

  function hide() {
    layer.remove();
    layer = null;
    measures.replaceChildren();
    paper.classList.remove("measuring");
    button.setAttribute("aria-pressed", "false");
  }

  function makeGrip(grip, index) {
    const group = element("g", { class: "caliper", tabindex: "0", role: "slider", "aria-label": word(index ? "second" : "first") });
    group.append(
      element("path", { class: "line" }),
      element("circle", { class: "reach", r: "6" }),
      element("circle", { class: "grip", r: "1.6" }),
    );
    let held = { x: 0, y: 0 }; // from the pointer to the grip: it does not jump to where it is taken
    group.addEventListener("pointerdown", (event) => {
      const at = pointOf(event);
      held = { x: grip.x - at.x, y: grip.y - at.y };
      group.setPointerCapture(event.pointerId);
      group.focus({ preventScroll: true });
      event.preventDefault();
    });
    group.addEventListener("pointermove", (event) => {
      if (!group.hasPointerCapture(event.pointerId)) return;
      const at = pointOf(event);
      place(grip, { x: at.x + held.x, y: at.y + held.y });
    });
    group.addEventListener("keydown", (event) => pressed(event, grip));
    return group;
  }

  function pressed(event, grip) {
    const far = event.shiftKey ? FAR : 1;
    const step = { ArrowLeft: [-across, 0], ArrowRight: [across, 0], ArrowUp: [0, -gain / 100], ArrowDown: [0, gain / 100] }[event.key];
    if (event.key === "Escape") {
      hide();
      button.focus();
    } else if (step) {
      place(grip, { x: grip.x + step[0] * far, y: grip.y + step[1] * far });
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function place(grip, { x, y }) {
    grip.x = Math.min(Math.max(x, 0), width);
    grip.y = Math.min(Math.max(y, 0), height);
    draw();
  }

  function pointOf({ clientX, clientY }) {
    const box = paper.getBoundingClientRect();
    return { x: ((clientX - box.left) / box.width) * width, y: ((clientY - box.top) / box.height) * height };
  }

  function draw() {
    const [a, b] = grips;
    layer.querySelector(".caliper-span").setAttribute("d", `M${a.x} ${a.y}H${b.x}V${b.y}`);
    layer.querySelectorAll(".caliper").forEach((group, index) => {
      const { x, y } = grips[index];
      group.querySelector(".line").setAttribute("d", `M${x} 0V${height}`);
      group.querySelectorAll("circle").forEach((circle) => {
        circle.setAttribute("cx", x);
        circle.setAttribute("cy", y);
      });
      group.setAttribute("aria-valuenow", String(Math.round((x / speed) * 1000)));
      group.setAttribute("aria-valuetext", word("at", told()));
    });
    const { ms, bpm, mv } = told();
    const parts = [word("interval", { ms }), bpm === null ? "" : word("rate", { bpm }), word("amplitude", { mv })];
    measures.textContent = parts.filter(Boolean).join(" · ");
  }

  function told() {
    const [a, b] = grips;
    const ms = Math.round((Math.abs(b.x - a.x) / speed) * 1000);
    return { ms, bpm: ms >= 20 ? Math.round(60000 / ms) : null, mv: ((a.y - b.y) / gain).toFixed(2) };
  }
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
