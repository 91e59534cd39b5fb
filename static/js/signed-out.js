// Signed out meanwhile: the answer is the sign-in page, which must not land inside this one. What was typed stays.
document.addEventListener("htmx:beforeSwap", (event) => {
  const from = new URL(event.detail.xhr.responseURL || location.href, location.href);
  if (!from.pathname.startsWith("/accounts/login/")) return;
  event.detail.shouldSwap = false;
  if (document.querySelector(".signed-out")) return;
  document.querySelector("main").prepend(document.querySelector("template[data-signed-out]").content.cloneNode(true));
});
document.addEventListener("htmx:afterSwap", () => document.querySelector(".signed-out")?.remove());
