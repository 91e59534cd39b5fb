// Single keys press the button or link that carries them: data-key="j"; or go to a field: data-focus-key="e". They rest in fields and when switched off.
const field = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (!("shortcuts" in document.body.dataset) || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(field)) return;
  const key = CSS.escape(event.key);
  const target = document.querySelector(`[data-key="${key}"], [data-focus-key="${key}"]`);
  if (!target || target.disabled) return;
  event.preventDefault();
  "focusKey" in target.dataset ? target.focus() : target.click();
});
