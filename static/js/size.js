// How large the pictures lie on the table. Kept on this device.
const dial = document.querySelector("[data-size]");
const range = dial.querySelector("input");
const film = document.querySelector(".film");

function show() {
  film?.style.setProperty("--row", `${range.value}rem`);
}
dial.hidden = !film?.querySelector(".frame");
if (localStorage.row) {
  range.value = localStorage.row;
  show();
}
range.addEventListener("input", () => {
  localStorage.row = range.value;
  show();
});
