// The rows of uploads: each file has its own progress, its own verdict and its own way out. uploader.js sends them and
// tells about each, wherever it was chosen; here its news is shown.
const form = document.querySelector("[data-upload]");
const section = form.closest("section");
const list = section.querySelector("[data-files]");
const address = form.getAttribute("action");
const product = form.elements.product?.value ?? "";
const rows = new Map(); // id: its row, while it is under way
let replaced = null; // the row whose file is being chosen again
let stay = false; // this browser cannot keep the files

const show = {
  waiting: (row, { stay: unkept }) => ((stay ||= unkept), say(row, "Waiting")),
  sending: (row, { part, size: bytes }) => progress(row, part, bytes),
  broken: (row) => say(row, "The connection broke. Nothing was lost; it goes on by itself."),
  asks: (row, { id, name, told }) => fail(row, name, told, "again", id),
  lost: (row, { name, told }) => fail(row, name, told, "replace"),
  done: (row, { html }) => verdict(row, html),
  gone: (row) => remove(row),
};
const FINAL = ["lost", "done", "gone"];

document.addEventListener("upload-news", ({ detail }) => {
  if (detail.address !== address || detail.product !== product) return;
  const row = rows.get(detail.id) ?? (detail.state !== "gone" && added(detail));
  if (row) show[detail.state](row, detail);
  if (FINAL.includes(detail.state)) rows.delete(detail.id);
  tell();
});
document.addEventListener("verdicts", tell); // a cut-out in doubt needs somebody too
document.dispatchEvent(new CustomEvent("upload-ask", { detail: { address, product } }));

form.addEventListener("files", ({ detail: files }) => {
  const max = Number(form.dataset.maxFiles);
  refuse(files.length > max ? form.dataset.tooMany.replace("{count}", files.length) : "");
  if (files.length > max) return;
  for (const [n, file] of files.entries()) {
    const id = `${Date.now()}-${n}-${Math.random()}`;
    const row = added({ id, name: file.name, file }, n === 0 && replaced);
    const heavy = file.size > Number(form.dataset.maxBytes);
    if (heavy) rows.delete(id) && fail(row, file.name, tooBig(file), "replace");
    else ask("upload", { id, file, name: file.name, address, product, home: location.pathname });
  }
  replaced = null;
  tell();
});

form.addEventListener("cancel", () => (replaced = null)); // the chooser was closed again

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const row = button?.closest(".file");
  if (!row) return;
  const id = row.dataset.upload;
  if ("cancel" in button.dataset) ask("upload-stop", { id });
  if ("dismiss" in button.dataset) rows.has(id) ? ask("upload-stop", { id }) : remove(row);
  if ("again" in button.dataset) again(row, id);
  if ("replace" in button.dataset) {
    replaced = row;
    form.querySelector("input[type=file]").click();
  }
});

function ask(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

// A row for a file on its way; in the place of another where that is given.
function added({ id, name, file }, place) {
  const row = section.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  row.dataset.upload = id;
  row.querySelector("b").textContent = name;
  row.querySelector("progress").setAttribute("aria-label", name);
  row.querySelector("[data-cancel]").setAttribute("aria-label", `Cancel ${name}`);
  if (place?.isConnected) place.replaceWith(row);
  else list.append(row);
  rows.set(id, row);
  if (file && file.size < 10e6) picture(row, file);
  return row;
}

function again(row, id) {
  rows.delete(id);
  added({ id, name: row.querySelector("b").textContent }, row);
  ask("upload-again", { id });
  tell();
}

function progress(row, part, bytes) {
  const bar = row.querySelector("progress");
  if (!bar) return;
  bar.hidden = false;
  bar.value = 100 * part;
  say(row, part < 1 ? `${Math.floor(100 * part)} % of ${size({ size: bytes })}` : "Looking at it");
}

function verdict(row, html) {
  const came = document.createRange().createContextualFragment(html);
  for (const thing of came.querySelector("template[data-places]")?.content.children ?? []) place(thing);
  row.replaceWith(came.querySelector("li.file"));
}

// Answers may overtake each other: what is newer stays.
function place(thing) {
  const before = thing.id && document.getElementById(thing.id);
  if (Number(before?.dataset.version) > Number(thing.dataset.version)) return;
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

// What came back without a verdict fails here: `wayOut` is again or replace.
function fail(row, name, sentence, wayOut, id = "") {
  const lost = section.querySelector("template[data-lost]").content.firstElementChild.cloneNode(true);
  lost.querySelector("b").textContent = name;
  lost.querySelector("[data-dismiss]").setAttribute("aria-label", `Dismiss ${name}`);
  lost.querySelector(wayOut === "again" ? "[data-replace]" : "[data-again]").remove();
  lost.dataset.upload = id;
  if (id) rows.set(id, lost);
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
  const failed = [...list.children].filter((row) => row.matches(".failed") || row.querySelector(".bad")).length;
  const going = [...rows.values()].filter((row) => !row.matches(".failed")).length;
  section.querySelector("[data-going]").hidden = count === 0;
  section.querySelector("[data-count]").textContent = count === 1 ? "1 file" : `${count} files`;
  const parts = [];
  if (going) parts.push(`${going} on the way`);
  if (failed) parts.push(`${failed} need${failed === 1 ? "s" : ""} you`);
  const leave = stay ? ". Stay on this page until they are in." : ". You may leave; they go on.";
  section.querySelector("[data-news]").textContent = (parts.join(", ") || "All here") + (going ? leave : ".");
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
