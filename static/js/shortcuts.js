// Keys that work on every page: / searches, g and a letter goes to a room, ? lists them all.
// They rest in fields, and when the person has switched them off.
const on = document.querySelector("[data-shortcuts]");
const field = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const list = document.getElementById("keys");
let going = 0; // until when a letter after g counts

document.addEventListener("keydown", (event) => {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.target.matches(field)) return;
  const room = event.timeStamp < going && document.querySelector(`[data-room="${CSS.escape(event.key)}"]`);
  going = event.key === "g" ? event.timeStamp + 1500 : 0;
  const search = event.key === "/" && document.querySelector("[type=search]");
  if (room) room.click();
  else if (search) search.focus();
  else if (event.key === "?") list.showModal();
  else return;
  event.preventDefault();
});
document.querySelector("[data-keys]")?.addEventListener("click", () => list.showModal());
