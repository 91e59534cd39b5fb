// A running shoot: no polling while nobody looks, no swap of a frame that looks the same, seconds that count.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && "poll" in event.target.dataset) event.preventDefault();
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const now = event.detail.target;
  const next = [...event.detail.fragment.children].find((one) => one.id === now.id);
  if (now.dataset.look && now.dataset.look === next?.dataset.look) event.detail.shouldSwap = false;
});
// Frames further down than this page reaches have no place yet; they come when it is scrolled to.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "going") return;
  const news = new DOMParser().parseFromString(event.detail.serverResponse, "text/html").body;
  for (const one of news.querySelectorAll("[hx-swap-oob][id]")) if (!document.getElementById(one.id)) one.remove();
  event.detail.serverResponse = news.innerHTML;
});
// "New" is said of the last news only.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "going") for (const tag of document.querySelectorAll(".film .tag-new")) tag.remove();
});
// Two polls in vain: that is said, and the seconds stop. Polling goes on, and the first answer takes it back.
let vain = 0;
const heard = (event, answered) => {
  if (!("poll" in event.target.dataset)) return;
  vain = answered ? 0 : vain + 1;
  const note = document.querySelector(".lost");
  if (vain < 2) return note?.remove();
  if (!note) document.querySelector("main").prepend(document.querySelector("template[data-lost]").content.cloneNode(true));
};
for (const name of ["sendError", "timeout"]) document.addEventListener(`htmx:${name}`, (event) => heard(event, false));
document.addEventListener("htmx:beforeOnLoad", (event) => heard(event, event.detail.xhr.status < 500));
setInterval(() => {
  if (vain > 1) return;
  for (const out of document.querySelectorAll("[data-elapsed]")) {
    out.dataset.since ??= performance.now() - Number(out.dataset.elapsed) * 1000;
    const seconds = Math.round((performance.now() - out.dataset.since) / 1000);
    out.textContent = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  }
}, 1000);
