// Chosen products ride along with New shoot, and its button says how many. A search does not forget them.
const form = document.getElementById("new-shoot");
const button = form.querySelector("button");
const grid = document.querySelector("[data-choose]");
const plain = button.textContent;
const chosen = new Set();

const boxes = () => [...grid.querySelectorAll(".pick")];

function show() {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  const here = new Set(boxes().map((box) => box.value));
  for (const old of form.querySelectorAll("[name=product]")) old.remove();
  for (const id of chosen) if (!here.has(id)) form.append(elsewhere(id));
  grid.classList.toggle("picking", chosen.size > 0);
  button.textContent = chosen.size ? button.dataset.choosing.replace("{n}", chosen.size) : plain;
}

// One that the search has taken off the page.
function elsewhere(id) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "product", value: id });
  return field;
}

grid.addEventListener("change", ({ target }) => {
  if (!target.matches(".pick")) return;
  if (target.checked) chosen.add(target.value);
  else chosen.delete(target.value);
  show();
});
document.addEventListener("htmx:afterSwap", show);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  chosen.clear();
  show();
});
for (const box of boxes()) if (box.checked) chosen.add(box.value); // kept by the browser across a reload
show();
