/* A green channel is an emergency and needs certain places: choosing one ticks them. What was chosen by hand stays. */
const form = document.querySelector("form[data-channels]");
const touched = new Set();

/** Whether what the line must be told is there or can be chosen: there are examinations to choose from, for instance. */
function canBeHad(box) {
  const asked = [...box.closest(".wish").querySelectorAll("[required]")];
  return asked.every((field) => field.value || field.options?.length);
}

form?.addEventListener("change", (event) => {
  const { name, value } = event.target;
  if (name === "need") touched.add(value);
  if (name === "urgency") touched.add(name);
  if (name !== "pathway") return;
  const needs = JSON.parse(form.dataset.channels)[value] ?? [];
  for (const box of form.querySelectorAll("input[name=need]")) {
    if (!touched.has(box.value)) box.checked = needs.includes(box.value) && canBeHad(box);
  }
  if (!value || touched.has("urgency")) return;
  form.querySelector("input[name=urgency][value=emergency]").checked = true;
});
