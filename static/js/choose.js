// Chosen products ride along with New shoot, and its button says how many.
const button = document.querySelector("#new-shoot button");
const grid = document.querySelector("[data-choose]");
const plain = button.textContent;

function count() {
  const chosen = grid.querySelectorAll(".pick:checked").length;
  grid.classList.toggle("picking", chosen > 0);
  button.textContent = chosen ? button.dataset.choosing.replace("{n}", chosen) : plain;
}
grid.addEventListener("change", count);
document.addEventListener("htmx:afterSwap", count);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const box of grid.querySelectorAll(".pick:checked")) box.checked = false;
  count();
});
count();
