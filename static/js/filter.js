// Choosing a filter shows its pictures at once, under an address without empty parts.
const form = document.querySelector("[data-filter]");

form.querySelector("[data-go]").hidden = true;
form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
form.addEventListener("submit", () => {
  for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
});
// The browser's own way back must find the fields usable.
window.addEventListener("pageshow", () => {
  for (const field of form.elements) field.disabled = false;
});
