// Uploads: one request a file, three at a time, in the order chosen. Each file has a row with its own progress,
// its own verdict and its own way out; the server sends the finished row and what is new on the page.
const AT_ONCE = 3;
const form = document.querySelector("[data-upload]");
const section = form.closest("section");
const list = section.querySelector("[data-files]");
const waiting = [];
const running = new Set();
let replaced = null; // the row whose file is being chosen again

form.addEventListener("files", ({ detail: files }) => {
  const max = Number(form.dataset.maxFiles);
  refuse(files.length > max ? form.dataset.tooMany.replace("{count}", files.length) : "");
  if (files.length > max) return;
  for (const [n, file] of files.entries()) {
    const row = newRow(file);
    if (n === 0 && replaced?.isConnected) replaced.replaceWith(row);
    else list.append(row);
    if (file.size > Number(form.dataset.maxBytes)) fail(row, file, tooBig(file), "replace");
    else waiting.push({ file, row });
  }
  replaced = null;
  next();
});

form.addEventListener("cancel", () => (replaced = null)); // the chooser was closed again

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const row = button?.closest(".file");
  if (!row) return;
  if ("cancel" in button.dataset) row.dispatchEvent(new CustomEvent("cancel"));
  if ("dismiss" in button.dataset) remove(row);
  if ("again" in button.dataset) row.dispatchEvent(new CustomEvent("again"));
  if ("replace" in button.dataset) {
    replaced = row;
    form.querySelector("input[type=file]").click();
  }
});

addEventListener("beforeunload", (event) => {
  if (running.size + waiting.length) event.preventDefault();
});

function next() {
  while (running.size < AT_ONCE && waiting.length) send(waiting.shift());
  tell();
}

function send({ file, row }) {
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  body.set("file", file, file.name);
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", ({ loaded, total }) => progress(row, file, loaded / total));
  request.addEventListener("load", () => verdict(row, file, request));
  request.addEventListener("error", () => fail(row, file, "The connection broke. Nothing was lost.", "again"));
  request.addEventListener("abort", () => remove(row));
  request.addEventListener("loadend", () => {
    running.delete(request);
    next();
  });
  row.addEventListener("cancel", () => request.abort());
  running.add(request);
  request.send(body);
}

function progress(row, file, part) {
  const bar = row.querySelector("progress");
  bar.hidden = false;
  bar.value = 100 * part;
  say(row, part < 1 ? `${Math.floor(100 * part)} % of ${size(file)}` : "Looking at it");
}

function verdict(row, file, request) {
  const came = document.createRange().createContextualFragment(request.responseText);
  const answer = came.querySelector("li.file");
  if (!answer) return fail(row, file, trouble(request), "again");
  for (const thing of came.querySelector("template[data-places]")?.content.children ?? []) place(thing);
  row.replaceWith(answer);
}

function place(thing) {
  const before = thing.id && document.getElementById(thing.id);
  const copy = document.importNode(thing, true);
  if (before) before.replaceWith(copy);
  else arrive(copy);
}

function arrive(thing) {
  const home = document.querySelector("[data-arrivals]");
  thing.classList.add("arriving");
  if (home?.dataset.arrivals === "start") home.prepend(thing);
  else home?.append(thing);
}

function trouble(request) {
  if (request.status === 413) return "The file is too big for the server in front of this one.";
  if (request.status === 403) return "This was not allowed. Load the page again, then try again.";
  if (request.status === 200) return "You were signed out. Sign in in another tab, then try again.";
  return "The server could not take it. Nothing was lost.";
}

function newRow(file) {
  const row = section.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  row.querySelector("b").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", file.name);
  row.querySelector("[data-cancel]").setAttribute("aria-label", `Cancel ${file.name}`);
  row.addEventListener("cancel", () => {
    const at = waiting.findIndex((one) => one.row === row);
    if (at >= 0) waiting.splice(at, 1) && remove(row);
  });
  if (file.size < 10e6) picture(row, file);
  return row;
}

// The file itself, small, before it is uploaded; formats that this browser cannot show keep the ticks.
function picture(row, file) {
  const image = new Image(44, 44);
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.decode().then(
    () => row.querySelector(".none")?.replaceWith(image),
    () => URL.revokeObjectURL(image.src),
  );
}

// What never reached the server, or came back without a verdict, fails here: `wayOut` is again or replace.
function fail(row, file, sentence, wayOut) {
  const lost = section.querySelector("template[data-lost]").content.firstElementChild.cloneNode(true);
  lost.querySelector("b").textContent = file.name;
  lost.querySelector("[data-dismiss]").setAttribute("aria-label", `Dismiss ${file.name}`);
  lost.querySelector(wayOut === "again" ? "[data-replace]" : "[data-again]").remove();
  lost.addEventListener("again", () => {
    const fresh = newRow(file);
    lost.replaceWith(fresh);
    waiting.push({ file, row: fresh });
    next();
  });
  say(lost, sentence);
  row.replaceWith(lost);
}

function remove(row) {
  const after = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  after?.querySelector("button, a")?.focus();
  tell();
}

function refuse(sentence) {
  const refusal = section.querySelector("[data-refused]");
  refusal.hidden = !sentence;
  refusal.querySelector("p").textContent = sentence;
}

// The line above the rows: how many there are, and what they want.
function tell() {
  const count = list.children.length;
  const failed = list.querySelectorAll(".failed").length;
  const going = running.size + waiting.length;
  section.querySelector("[data-going]").hidden = count === 0;
  section.querySelector("[data-count]").textContent = count === 1 ? "1 file" : `${count} files`;
  const parts = [];
  if (going) parts.push(`${going} on the way`);
  if (failed) parts.push(`${failed} need${failed === 1 ? "s" : ""} you`);
  section.querySelector("[data-news]").textContent =
    (parts.join(", ") || "All here") + (going ? ". Stay on this page until they are in." : ".");
}

function say(row, sentence) {
  row.querySelector("[data-told]").textContent = sentence;
}

function tooBig(file) {
  return form.dataset.tooBig.replace("{bytes}", size(file));
}

function size(file) {
  return file.size < 95_000 ? `${Math.ceil(file.size / 1000)} kB` : `${(file.size / 1e6).toFixed(1)} MB`;
}
