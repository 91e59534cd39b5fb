// Choosing pictures: click, shift-click for a run, Escape to let go; arrows, Space, a and r from the keyboard.
const form = document.querySelector("[data-select]");
if (form) begin();

function begin() {
  const film = form.querySelector(".film");
  const frames = () => [...film.querySelectorAll(".frame")];
  const boxes = () => [...film.querySelectorAll(".pick")];
  const chosen = () => boxes().filter((box) => box.checked);
  let last = null;

  const count = () => {
    const on = chosen();
    film.classList.toggle("picking", on.length > 0);
    form.querySelector("[data-count]").textContent = on.length;
    const save = form.querySelector("[data-download]");
    save.hidden = on.length !== 1;
    if (on.length === 1) save.href = `/renders/${on[0].value}/download/`;
  };
  const run = (box) => {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  };
  const pick = (box, extend) => {
    if (extend && last) run(box);
    last = box;
    count();
  };
  const release = () => {
    for (const box of chosen()) box.checked = false;
    count();
  };

  film.addEventListener("click", (event) => {
    const box = event.target.closest(".pick");
    if (box) pick(box, event.shiftKey);
  });
  form.querySelector("[data-clear]").addEventListener("click", release);

  const spot = (frame) => frame.querySelector("a.view, .view a");
  // Where the person is: the frame with the focus, or the last one when what had the focus is gone.
  let visited = null;
  film.addEventListener("focusin", (event) => (visited = event.target.closest(".frame")?.id));
  const here = () => {
    const lost = document.activeElement === document.body && visited;
    return lost ? document.getElementById(visited) : document.activeElement.closest(".film .frame");
  };
  const go = (frame, extend) => {
    if (!frame) return;
    spot(frame)?.focus();
    if (!extend || !frame.querySelector(".pick")) return;
    frame.querySelector(".pick").checked = true;
    pick(frame.querySelector(".pick"), true);
  };
  const middle = (frame) => {
    const box = frame.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  // The frame above or below: the nearest middle in the next row.
  const beside = (frame, down) => {
    const [x, y] = middle(frame);
    const far = frames().map((one) => [one, ...middle(one)]).filter(([, , oy]) => (down ? oy > y + 20 : oy < y - 20));
    const row = Math[down ? "min" : "max"](...far.map(([, , oy]) => oy));
    const near = far.filter(([, , oy]) => Math.abs(oy - row) < 20);
    return near.sort((a, b) => Math.abs(a[1] - x) - Math.abs(b[1] - x))[0]?.[0];
  };
  const move = (key) => {
    const all = frames();
    const now = here();
    if (!now) return all[0];
    if (key === "ArrowLeft") return all[all.indexOf(now) - 1];
    if (key === "ArrowRight") return all[all.indexOf(now) + 1];
    return beside(now, key === "ArrowDown");
  };
  const toggle = (frame, extend) => {
    const box = frame?.querySelector(".pick");
    if (!box) return;
    box.checked = !box.checked;
    pick(box, extend);
  };
  let focus = null;
  const act = (name) => {
    focus = here()?.id;
    if (chosen().length === 0) toggle(here());
    if (chosen().length) form.querySelector(`[data-act=${name}]`)?.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return release();
    if (!("shortcuts" in document.body.dataset) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not(.pick), select, textarea, button, .menu")) return;
    if (event.key.startsWith("Arrow")) {
      const to = move(event.key);
      if (to) event.preventDefault();
      return go(to, event.shiftKey);
    }
    if (event.key === "x" || (event.key === " " && event.target.matches(".view"))) {
      event.preventDefault();
      toggle(here(), event.shiftKey);
    }
    if (event.key === "a" || event.key === "r") act(event.key);
  });
  // Judged frames came back fresh: nothing is chosen, and the focus is where it was.
  document.addEventListener("htmx:afterSettle", () => {
    count();
    if (focus && document.getElementById(focus)) spot(document.getElementById(focus))?.focus();
    focus = null;
  });
  const toasts = document.getElementById("toasts");
  let fading;
  toasts.addEventListener("htmx:afterSwap", () => {
    clearTimeout(fading);
    fading = setTimeout(() => toasts.replaceChildren(), 8000);
  });
  count();
}
