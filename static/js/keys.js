// Single keys press what carries them: data-key="j". They rest while a field has the focus, and when switched off.
const field = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (!document.querySelector("[data-shortcuts]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(field)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target || target.disabled) return;
  event.preventDefault();
  target.click();
});
