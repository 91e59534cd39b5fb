// Planning a shoot: whole channels, the sample in the shapes, one launch, Ctrl+Enter. The server does the sum.
const form = document.querySelector("[data-plan]");
const launch = () => form.querySelector("[data-launch]");

function count(channel) {
  const boxes = [...channel.querySelectorAll(".place input")];
  const on = boxes.filter((box) => box.checked).length;
  const all = channel.querySelector("[data-all]");
  all.checked = on === boxes.length;
  all.indeterminate = on > 0 && on < boxes.length;
  channel.querySelector("[data-n]").textContent = `${on} of ${boxes.length}`;
}

// Each shape shows its crop of the first chosen scene's sample.
function fill() {
  const scenes = [...form.querySelectorAll(".wall .frame")];
  const first = scenes.find((scene) => scene.querySelector(":checked")) ?? scenes[0];
  const sample = first?.querySelector("img")?.src;
  if (sample) for (const image of form.querySelectorAll(".shape image")) image.setAttribute("href", sample);
}

form.addEventListener("change", (event) => {
  const channel = event.target.closest(".channel");
  if (channel && "all" in event.target.dataset)
    for (const box of channel.querySelectorAll(".place input")) box.checked = event.target.checked;
  if (channel) count(channel);
  if (event.target.name === "scene") fill();
});
form.addEventListener("submit", (event) => {
  if (!("launch" in (event.submitter?.dataset ?? {}))) return;
  if (launch().ariaBusy === "true") event.preventDefault();
  launch().ariaBusy = "true";
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !launch().disabled) launch().click();
});
// Coming back with the browser's own button: the page must not stay busy, and its boxes may be older than the draft.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

form.dataset.plan = "live"; // buttons that only help without script go
for (const channel of form.querySelectorAll(".channel")) {
  channel.querySelector("[data-all]").disabled = false;
  count(channel);
}
