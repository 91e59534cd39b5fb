// Before and after on one place. The range input does mouse, touch and keyboard;
// without script the two pictures stand side by side (data-mode="side" in the HTML).
const desk = document.querySelector("[data-desk]");
const stage = desk.querySelector(".compare");
if (stage) begin();

function begin() {
  const range = stage.querySelector("input[type=range]");
  const zoomer = desk.querySelector("[data-zoom]");
  desk.querySelector(".tools").hidden = false;

  const at = (value) => {
    if (!range) return; // drawn from words alone: there is no before
    range.value = value;
    stage.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${Math.round(range.value)} % before`);
  };
  range?.addEventListener("input", () => at(range.value));
  range?.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -10, ArrowRight: 10 }[event.key];
    if (!step || !event.shiftKey) return;
    event.preventDefault();
    at(Number(range.value) + step);
  });
  stage.addEventListener("pointermove", (event) => {
    const box = stage.getBoundingClientRect();
    stage.style.setProperty("--zx", `${((event.clientX - box.x) / box.width) * 100}%`);
    stage.style.setProperty("--zy", `${((event.clientY - box.y) / box.height) * 100}%`);
  });

  const mode = (name) => {
    stage.dataset.mode = range || name === "crop" ? name : "alone";
    if (name !== "crop") release();
    for (const button of desk.querySelectorAll("[data-set-mode]"))
      button.setAttribute("aria-pressed", button.dataset.setMode === name);
  };
  // One pixel of the picture on one of the screen; a picture that is not larger than its place is doubled.
  const factor = () => {
    const real = stage.dataset.width / stage.clientWidth;
    return real < 1.25 ? 2 * real : real;
  };
  const zoom = () => {
    const on = stage.classList.toggle("zoomed");
    stage.style.setProperty("--z", factor());
    if (on) stage.querySelector(".after").src = stage.dataset.full;
    zoomer.setAttribute("aria-pressed", on);
  };
  zoomer.textContent = stage.dataset.width / stage.clientWidth < 1.25 ? "200 %" : "100 %";

  // A placement pressed: its crop and safe area are drawn over the picture.
  const crop = stage.querySelector(".crop");
  const release = () => {
    crop.setAttribute("hidden", "");
    for (const one of desk.querySelectorAll(".cut[aria-pressed=true]")) one.setAttribute("aria-pressed", false);
  };
  const cut = (button) => {
    const on = button.getAttribute("aria-pressed") !== "true";
    release();
    if (!on) return mode("slider");
    const [x, y, w, h, ...safe] = button.dataset.cut.split(" ").map(Number);
    const [, , W, H] = crop.getAttribute("viewBox").split(" ").map(Number);
    crop.querySelector(".out").setAttribute("d", `M0 0H${W}V${H}H0ZM${x} ${y}V${y + h}H${x + w}V${y}Z`);
    const put = (name, [top, bottom, left, right]) => {
      const set = {
        x: x + (w * left) / 100, y: y + (h * top) / 100,
        width: (w * (100 - left - right)) / 100, height: (h * (100 - top - bottom)) / 100,
      };
      for (const [key, value] of Object.entries(set)) crop.querySelector(name).setAttribute(key, value);
    };
    put(".cut-line", [0, 0, 0, 0]);
    put(".safe", safe);
    crop.querySelector(".safe").toggleAttribute("hidden", safe.every((side) => side === 0));
    mode("crop");
    crop.removeAttribute("hidden");
    button.setAttribute("aria-pressed", true);
  };

  desk.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.setMode) mode(button.dataset.setMode);
    else if ("zoom" in button.dataset) zoom();
    else if (button.dataset.cut) cut(button);
    else if ("fullScreen" in button.dataset) document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen();
  });
  mode("slider");
  at(range?.value);
}
