// Single keys: those that a button or link carries (data-key="j"), search, rooms, the list of keys.
// They rest while a field has the focus, and when they are switched off in the account.
const field = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const rooms = { p: "/products/", s: "/shoots/", g: "/gallery/" };
const sheet = document.getElementById("keys");
let going = 0;

function meant(key) {
  const room = Date.now() - going < 1200 && rooms[key];
  going = key === "g" && !room ? Date.now() : 0;
  if (room) return [...document.querySelectorAll(".bar-nav a")].find((link) => link.pathname.endsWith(room));
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

document.addEventListener("keydown", (event) => {
  if (!sheet || !("shortcuts" in sheet.dataset) || sheet.open) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(field)) return;
  if (event.key === "?") sheet.showModal();
  const search = event.key === "/" && document.querySelector("input[type=search]");
  if (search) search.focus();
  const target = meant(event.key);
  if (target && !target.disabled) target.click();
  if (target || search) event.preventDefault();
});
