// Sliders say their value, and a button may fill a field.
const show = (slider) => {
  const said = slider.closest(".dial")?.querySelector("output");
  if (said) said.textContent = slider.value;
};
for (const slider of document.querySelectorAll(".dial input[type=range]")) show(slider);

document.addEventListener("input", (event) => {
  if (event.target.matches(".dial input[type=range]")) show(event.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fill);
  field.value = button.dataset.with;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
