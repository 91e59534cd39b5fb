// Packshots that are still being cut out: each gets its verdict where it is shown, as soon as there is one.
// Whoever counts them hears "verdicts" on the document.
const address = document.querySelector("[data-verdicts]").dataset.verdicts;
const AT_ONCE = 100;

setInterval(ask, 2000);

async function ask() {
  const waiting = [...document.querySelectorAll("[data-waits]")].map((one) => one.dataset.waits);
  if (!waiting.length || document.hidden) return;
  const wish = [...new Set(waiting)].slice(0, AT_ONCE).map((shot) => `shot=${shot}`);
  const answer = await fetch(`${address}?${wish.join("&")}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status !== 200) return;
  const came = document.createRange().createContextualFragment(await answer.text());
  for (const verdict of came.querySelectorAll("[data-verdict]")) show(verdict);
  document.dispatchEvent(new CustomEvent("verdicts"));
}

function show(verdict) {
  for (const place of document.querySelectorAll(`[data-waits="${verdict.dataset.verdict}"]`)) {
    const now = verdict.querySelector(`[data-at="${place.dataset.at}"]`);
    if (now) place.replaceWith(now.cloneNode(true));
    else place.remove();
  }
}
