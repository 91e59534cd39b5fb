// Two brushes over a cut-out. Strokes are shares of the packshot: points of its width and height, the radius of its
// longer side. They are kept in this tab until a cut-out is made of them, so a failed request or a reload costs none.
const desk = document.querySelector("[data-brush]");
const main = desk.closest("main");
const find = (name) => main.querySelector(`[data-${name}]`);
const stage = find("stage");
const sheet = find("sheet");
const canvas = find("canvas");
const paper = canvas.getContext("2d");
const ring = find("ring");
const slider = desk.querySelector("input[type=range]");
const own = sheet.querySelector(".brush-own");
const cut = sheet.querySelector(".brush-cut");
const [width, height] = ["width", "height"].map((side) => Number(own.getAttribute(side)));
const shelf = `brush-${desk.dataset.packshot}`;
const { applied: inForce, begun } = JSON.parse(document.getElementById("strokes").textContent);
const MOST_STROKES = 400;
const MOST_POINTS = 20_000;
const FINEST = 0.002; // radius
const WIDEST = 0.1;
const FARTHEST = 4; // zoom
const ASK_EVERY = 600;
const SHARPEST = 2400; // pixels of the canvas each way

let tool = "remove";
let applied = inForce; // what the cut-out on screen is made of
let strokes = inForce;
let past = inForce.map((_, count) => inForce.slice(0, count)); // lists of strokes; none is ever changed
let future = [];
let newest = Number(desk.dataset.newest);
let zoom = 1;
let line = null; // the stroke under the pen
let held = false; // the space bar
let grip = null; // where the packshot is held, while it is moved
const fingers = new Map();

// ---- What is drawn, and what is told

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isNew = (index) => !same(strokes[index], applied[index]);

function change(next) {
  if (same(next, strokes)) return;
  past.push(strokes);
  future = [];
  show(next);
}

function show(next) {
  strokes = next;
  keep();
  draw();
  told();
  buttons();
}

function turn(from, to) {
  if (!from.length) return;
  to.push(strokes);
  show(from.pop());
}

function keep() {
  if (same(strokes, applied)) sessionStorage.removeItem(shelf);
  else
    try {
      sessionStorage.setItem(shelf, JSON.stringify(strokes));
    } catch {} // no room: they live as long as the page
}

function told() {
  const back = applied.filter((_, index) => index >= strokes.length || isNew(index)).length;
  tell(back ? `${back} applied stroke${back > 1 ? "s" : ""} taken back. Apply to see it.` : "");
}

function buttons() {
  find("undo").disabled = !past.length;
  find("redo").disabled = !future.length;
  find("over").disabled = !strokes.length;
  const busy = find("apply").getAttribute("aria-busy") === "true";
  find("apply").disabled = busy || same(strokes, applied);
}

function tell(sentence, bad = false) {
  const told = find("told");
  told.textContent = sentence;
  told.classList.toggle("bad", bad);
}

function doubt(sentence) {
  const note = find("doubt");
  note.hidden = !sentence;
  note.querySelector("p").textContent = sentence;
}

// ---- Paper

function ink(keeps) {
  const colour = (name) => getComputedStyle(stage).getPropertyValue(name).trim();
  if (keeps) return colour("--keep");
  const tile = new OffscreenCanvas(8, 8); // hatched, for whoever does not tell red from green
  const pen = tile.getContext("2d");
  pen.fillStyle = colour("--remove");
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colour("--remove-2");
  pen.lineWidth = 2.5;
  for (const from of [-8, 0, 8]) {
    pen.moveTo(from, 8);
    pen.lineTo(from + 8, 0);
  }
  pen.stroke();
  return paper.createPattern(tile, "repeat");
}

// What the cut-out shows already is not drawn over it again; what waits to be applied is.
function draw() {
  paper.clearRect(0, 0, canvas.width, canvas.height);
  strokes.forEach((stroke, index) => isNew(index) && trace(stroke));
  if (line) trace(line);
}

function trace({ keep: keeps, radius, points }, from = 0) {
  const spot = ([x, y]) => [x * canvas.width, y * canvas.height];
  paper.lineCap = paper.lineJoin = "round";
  paper.lineWidth = Math.max(1, 2 * radius * Math.max(canvas.width, canvas.height));
  paper.strokeStyle = ink(keeps);
  paper.beginPath();
  paper.moveTo(...spot(points[from]));
  for (const point of points.slice(from)) paper.lineTo(...spot(point));
  paper.stroke();
}

function fit() {
  const room = stage.getBoundingClientRect();
  const whole = Math.min(room.width / width, room.height / height) * zoom;
  sheet.style.width = `${Math.round(width * whole)}px`;
  sheet.style.height = `${Math.round(height * whole)}px`;
  const fine = Math.min(devicePixelRatio, SHARPEST / (Math.max(width, height) * whole));
  canvas.width = Math.round(width * whole * fine);
  canvas.height = Math.round(height * whole * fine);
  find("zoomed").textContent = `${Math.round(zoom * 100)} %`;
  find("zoom='-1'").disabled = zoom <= 1;
  find("zoom='1'").disabled = zoom >= FARTHEST;
  size(); // of the ring
  draw();
}

// The place under (x, y) of the screen stays under it.
function zoomTo(wish, x, y) {
  const room = stage.getBoundingClientRect();
  [x, y] = [x ?? room.x + room.width / 2, y ?? room.y + room.height / 2];
  const [left, top] = place(x, y);
  zoom = Math.min(FARTHEST, Math.max(1, wish));
  fit();
  const now = sheet.getBoundingClientRect();
  stage.scrollBy(now.x + left * now.width - x, now.y + top * now.height - y);
}

// ---- The brush

const radius = () => FINEST * (WIDEST / FINEST) ** (slider.value / 100);

function size() {
  const across = 2 * radius() * Math.max(sheet.offsetWidth, sheet.offsetHeight);
  ring.style.width = ring.style.height = `${across}px`;
  slider.setAttribute("aria-valuetext", `${Math.round(2 * radius() * Math.max(width, height))} pixels`);
}

function take(name) {
  tool = name;
  stage.dataset.toolNow = name;
  for (const button of desk.querySelectorAll("[data-tool]"))
    button.setAttribute("aria-pressed", button.dataset.tool === name);
}

function place(x, y) {
  const box = sheet.getBoundingClientRect();
  const share = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1e5) / 1e5;
  return [share((x - box.x) / box.width), share((y - box.y) / box.height)];
}

function begin(event) {
  const points = strokes.reduce((sum, stroke) => sum + stroke.points.length, 0);
  if (strokes.length >= MOST_STROKES || points >= MOST_POINTS)
    return tell("That is as much as one correction holds. Take some strokes back, or start over.", true);
  line = { keep: tool === "keep", radius: radius(), points: [place(event.clientX, event.clientY)] };
  line.room = MOST_POINTS - points;
  trace(line);
}

function go(event) {
  const apart = (one, other) => Math.hypot((one[0] - other[0]) * width, (one[1] - other[1]) * height);
  const least = Math.max(0.001, line.radius / 5) * Math.max(width, height);
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const move of moves.length ? moves : [event]) {
    const point = place(move.clientX, move.clientY);
    if (line.points.length >= line.room || apart(point, line.points.at(-1)) < least) continue;
    line.points.push(point);
    trace(line, line.points.length - 2);
  }
}

function end() {
  if (!line) return;
  const { room, ...stroke } = line;
  line = null;
  change([...strokes, stroke]);
}

function drop() {
  line = null;
  draw();
}

// ---- Pens and fingers: one draws, two move and zoom

sheet.addEventListener("pointerdown", (event) => {
  sheet.setPointerCapture(event.pointerId);
  if (event.pointerType === "touch") fingers.set(event.pointerId, event);
  if (fingers.size > 1) {
    drop();
    grip = pinch();
  } else if (held || event.button === 1) grip = { x: event.clientX, y: event.clientY };
  else if (event.button === 0) begin(event);
  if (event.button === 1) event.preventDefault();
});
sheet.addEventListener("pointermove", (event) => {
  point(event);
  if (fingers.has(event.pointerId)) fingers.set(event.pointerId, event);
  if (grip) move(fingers.size > 1 ? pinch() : { x: event.clientX, y: event.clientY });
  else if (line) go(event);
});
for (const name of ["pointerup", "pointercancel"])
  sheet.addEventListener(name, (event) => {
    fingers.delete(event.pointerId);
    if (fingers.size < 2) grip = null;
    name === "pointerup" ? end() : drop();
  });
sheet.addEventListener("pointerleave", () => (ring.hidden = true));

function point(event) {
  const box = sheet.getBoundingClientRect();
  ring.hidden = event.pointerType === "touch" || held;
  ring.style.left = `${event.clientX - box.x}px`;
  ring.style.top = `${event.clientY - box.y}px`;
}

function pinch() {
  const [one, other] = [...fingers.values()];
  const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  return { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2, apart };
}

function move(now) {
  stage.scrollBy(grip.x - now.x, grip.y - now.y);
  if (now.apart && grip.apart) zoomTo((zoom * now.apart) / grip.apart, now.x, now.y);
  grip = now;
}

stage.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomTo(zoom * 1.0015 ** -event.deltaY, event.clientX, event.clientY);
  },
  { passive: false },
);

// ---- Buttons and keys

desk.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { tool: brush, size: step, zoom: way, ground } = button.dataset;
  if (brush) take(brush);
  else if (step) setSize(Number(slider.value) + Number(step));
  else if (way) zoomTo(way === "0" ? 1 : zoom * 1.5 ** way);
  else if (ground) look(ground);
  else if ("undo" in button.dataset) turn(past, future);
  else if ("redo" in button.dataset) turn(future, past);
  else if ("over" in button.dataset) change([]);
  else if ("apply" in button.dataset) apply();
});
slider.addEventListener("input", size);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && "zy".includes(event.key.toLowerCase())) {
    event.preventDefault();
    if (line) return;
    const again = event.shiftKey || event.key.toLowerCase() === "y";
    again ? turn(future, past) : turn(past, future);
  } else if (event.key === " " && (stage.matches(":hover") || !event.target.closest("button, a, input, summary"))) {
    event.preventDefault(); // a button that was pressed last is not pressed again
    hold(true);
  }
});
document.addEventListener("keyup", (event) => {
  if (event.key !== " " || !held) return;
  event.preventDefault();
  hold(false);
});
addEventListener("blur", () => hold(false));

function hold(on) {
  held = on;
  stage.classList.toggle("panning", on);
}

function setSize(value) {
  slider.value = value;
  size();
}

function look(ground) {
  stage.dataset.ground = ground;
  for (const button of desk.querySelectorAll("button[data-ground]"))
    button.setAttribute("aria-pressed", button.dataset.ground === ground);
}

// ---- Strokes become a cut-out

async function apply() {
  const sent = strokes;
  busy(true);
  tell("Cutting out.");
  try {
    const { correction, told } = await send(sent);
    newest = correction;
    await arrival(sent, told);
  } catch (trouble) {
    tell(`${trouble.message} Your strokes are kept.`, true);
  }
  busy(false);
}

function busy(on) {
  find("apply").setAttribute("aria-busy", on);
  buttons();
}

async function send(sent) {
  const body = new URLSearchParams({ strokes: JSON.stringify(sent), seen: newest });
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
  const answer = await ask(desk.dataset.correct, { method: "POST", body, headers: { "X-CSRFToken": token } });
  if (answer.status === 202) return answer.json();
  const said = answer.status === 422 ? (await answer.json()).told : `The studio could not take it (${answer.status}).`;
  throw new Error(said);
}

async function ask(address, options) {
  const answer = await fetch(address, options).catch(() => null);
  if (!answer) throw new Error("The studio did not answer.");
  if (new URL(answer.url).pathname.startsWith("/accounts/login/")) {
    if (!document.querySelector(".signed-out"))
      document.querySelector("main").prepend(document.querySelector("template[data-signed-out]").content.cloneNode(true));
    throw new Error("You were signed out.");
  }
  return answer;
}

// Waits for the cut-out and shows it in place of the old one. `told` is what else there is to say.
async function arrival(sent, told) {
  const begun = performance.now();
  for (;;) {
    const answer = await ask(desk.dataset.news).catch(() => null); // a broken line mends; the correction is kept
    if (answer?.status === 200) return arrived(await answer.json(), sent, told);
    if (answer && answer.status !== 204) throw new Error(`The studio could not say how it went (${answer.status}).`);
    if (performance.now() - begun > 20_000)
      tell("Still waiting for a worker. You may leave; the correction is kept.");
    await new Promise((done) => setTimeout(done, ASK_EVERY));
  }
}

async function arrived(news, sent, told) {
  const theirs = news.correction !== newest;
  newest = news.correction;
  const next = new Image();
  next.src = news.picture;
  await next.decode().catch(() => null);
  cut.src = news.picture;
  applied = sent;
  doubt(news.doubt);
  corrections();
  keep();
  draw();
  if (theirs) tell("Somebody corrected it after you: this is theirs. Reload to go on from it.", true);
  else tell(told || "Corrected. New pictures use this cut-out.");
}

async function corrections() {
  const answer = await ask(location.pathname).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  find("past").replaceWith(page.querySelector("[data-past]"));
}

// ---- At first

main.addEventListener("submit", (event) => {
  if (event.target.matches("[data-automatic]")) sessionStorage.removeItem(shelf);
});
take(tool);
new ResizeObserver(fit).observe(stage);
fit();
const before = sessionStorage.getItem(shelf);
if (begun) change(begun);
else if (before) {
  change(JSON.parse(before));
  tell("What you drew before is back. It is not applied yet.");
}
buttons();
if ("waits" in desk.dataset) {
  busy(true);
  tell("Cutting out.");
  arrival(inForce, "The cut-out is made.")
    .catch((trouble) => tell(trouble.message, true))
    .then(() => busy(false));
}
