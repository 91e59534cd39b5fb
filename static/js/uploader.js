// Uploads that go on. Files are kept in this browser until the server has said its word about each, so that leaving
// the page, a reload or a broken connection costs nothing. One tab at a time sends, three files at once. Sending a
// file twice is harmless: the server knows its bytes. Pages talk to it by events on the document:
//   "upload" {id, file, name, address, product, home}, "upload-stop" {id}, "upload-again" {id},
//   "upload-ask" {address, product}: what of this page is under way, or was refused while nobody looked.
// They hear "upload-news" {id, name, address, product, state, …}, in every tab:
//   waiting | sending (part) | broken | asks (told) | lost (told) | done (html) | gone
const AT_ONCE = 3;
const LONGEST_REST = 30_000;
const TRIES = 3; // of a server that answers, but has no word about the file
const person = document.body.dataset.person;
const line = document.querySelector("[data-way]");
const tabs = new BroadcastChannel("studio-uploads");
const going = new Map(); // id: its request
const asking = new Set(); // wait for the person
const ended = new Set();
const unkept = new Map(); // id: what this browser had no room for; it lives as long as the page
let storing = 0;
const tries = new Map(); // id: how often the server had no word about it
let signedOut = false;
let rest = null; // a timer, while the connection is broken
let breaks = 0;
let asked = false; // for the lock
let letGo = null; // gives the lock back; null while another tab sends

document.addEventListener("upload", ({ detail }) => take({ ...detail, person }));
document.addEventListener("upload-stop", ({ detail }) => everywhere({ stop: detail.id }));
document.addEventListener("upload-again", ({ detail }) => everywhere({ again: detail.id }));
document.addEventListener("upload-ask", async ({ detail }) => {
  for (const item of await pending()) news(item, { state: "waiting", file: item.file }, false);
  const mine = (one) => one.address === detail.address && one.product === detail.product;
  for (const one of refusals().filter(mine)) news(one, one, false);
  refusals(refusals().filter((one) => !mine(one)));
  step();
});
tabs.addEventListener("message", ({ data }) => hear(data));
addEventListener("online", () => ((breaks = 0), wake()));
addEventListener("offline", () => going.forEach((request) => request.abort()));
addEventListener("beforeunload", (event) => (storing || unkept.size) && event.preventDefault());
document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => {
  localStorage.setItem("forget-uploads", "now"); // the next page does it when this one has no time left
  everywhere({ clear: true });
});

// ---- What is kept

const opened = new Promise((done, fail) => {
  const request = indexedDB.open("studio-uploads", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("files", { keyPath: "id" });
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

async function files(mode, act) {
  const store = (await opened).transaction("files", mode).objectStore("files");
  const request = act(store);
  return new Promise((done, fail) => {
    store.transaction.oncomplete = () => done(request.result);
    store.transaction.onabort = () => fail(store.transaction.error);
  });
}

async function take(item) {
  storing += 1;
  try {
    await files("readwrite", (store) => store.put({ ...item, at: Date.now() }));
  } catch {
    unkept.set(item.id, item); // no room, or a browser that keeps nothing: sent from here, while the page stands
  }
  storing -= 1;
  news(item, { state: "waiting", stay: unkept.has(item.id) });
  work();
}

async function kept() {
  const items = await files("readonly", (store) => store.getAll()).catch(() => []);
  return items.sort((one, other) => one.at - other.at);
}

async function pending() {
  const items = [...(await kept()), ...unkept.values()];
  return items.filter((item) => item.person === person && !ended.has(item.id));
}

async function drop(item) {
  ended.add(item.id);
  unkept.delete(item.id);
  await files("readwrite", (store) => store.delete(item.id)).catch(() => {});
}

// Verdicts that no page was there to show; only their words, and only in this tab.
function refusals(now) {
  if (now) sessionStorage.setItem("refusals", JSON.stringify(now));
  return JSON.parse(sessionStorage.getItem("refusals") ?? "[]");
}

// ---- Between tabs

function everywhere(message) {
  tabs.postMessage(message);
  return hear(message);
}

async function hear({ news: heard, stop, again, clear, added }) {
  if (heard) document.dispatchEvent(new CustomEvent("upload-news", { detail: heard }));
  if (stop) await cancel(stop);
  if (again) asking.delete(again) && tries.delete(again);
  if (again || added) work();
  if (clear) await forgetAll();
  if (heard?.state !== "sending") tell();
}

function news(item, what, toOthers = true) {
  const { id, name, address, product } = item;
  const detail = { id, name, address, product, ...what };
  document.dispatchEvent(new CustomEvent("upload-news", { detail }));
  if (toOthers) tabs.postMessage({ news: detail, added: what.state === "waiting" });
  if (what.state !== "sending") tell();
}

async function cancel(id) {
  const [item] = (await pending()).filter((one) => one.id === id);
  ended.add(id);
  going.get(id)?.abort();
  if (!item) return;
  await drop(item);
  news(item, { state: "gone" });
}

async function forgetAll() {
  signedOut = true;
  going.forEach((request) => request.abort());
  unkept.clear();
  sessionStorage.removeItem("refusals");
  await files("readwrite", (store) => store.clear()).catch(() => {});
}

// ---- Sending

// A page begins with what another left; files of somebody else who used this browser are forgotten.
async function begin() {
  if (localStorage.getItem("forget-uploads")) await forgetAll();
  localStorage.removeItem("forget-uploads");
  signedOut = !person;
  if (signedOut) return; // an expired session keeps its files for whoever signs in again
  for (const other of (await kept()).filter((item) => item.person !== person)) await drop(other);
  tell();
  if (await ready()) work();
}

async function work() {
  if (asked) return step();
  asked = true;
  const run = () => new Promise((done) => ((letGo = done), step()));
  await (navigator.locks?.request("studio-uploads", run) ?? run());
  asked = false;
  if (await ready()) work(); // came while the lock was given back
}

async function ready() {
  return (await pending()).some((item) => !asking.has(item.id));
}

async function step() {
  if (!letGo || rest || signedOut) return;
  const items = (await pending()).filter((item) => !ended.has(item.id) && !asking.has(item.id));
  if (!letGo || rest || signedOut) return;
  for (const item of items) if (going.size < AT_ONCE && !going.has(item.id)) send(item);
  if (going.size) return;
  letGo();
  letGo = null;
}

function send(item) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.set("file", item.file, item.name);
  if (item.product) body.set("product", item.product);
  request.open("POST", item.address);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("X-CSRFToken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
  request.upload.addEventListener("progress", ({ loaded, total }) =>
    news(item, { state: "sending", part: loaded / total, size: item.file.size }),
  );
  request.addEventListener("load", () => judge(item, request));
  request.addEventListener("error", () => broke(item));
  request.addEventListener("abort", () => broke(item));
  going.set(item.id, request);
  request.send(body);
}

async function judge(item, request) {
  const html = request.responseText;
  if (/<li class="file/.test(html)) return finish(item, { state: "done", html, refused: request.status >= 400 });
  if (request.status === 413)
    return finish(item, { state: "lost", told: "The file is too big for the server in front of this one.", refused: true });
  tries.set(item.id, (tries.get(item.id) ?? 0) + 1);
  if (request.status >= 500 && tries.get(item.id) <= TRIES) return broke(item);
  asking.add(item.id);
  going.delete(item.id);
  news(item, { state: "asks", told: trouble(request.status) });
  step();
}

async function finish(item, what) {
  breaks = 0;
  await drop(item);
  going.delete(item.id);
  const form = document.querySelector("[data-upload]");
  const shown = form?.getAttribute("action") === item.address && (form.elements.product?.value ?? "") === item.product;
  if (what.refused && !shown) refusals([...refusals(), { ...item, file: undefined, ...what }]);
  news(item, what);
  step();
}

// The connection is everybody's, so all wait: a second, two, four, at most half a minute, or until it is back.
function broke(item) {
  going.delete(item.id);
  if (ended.has(item.id)) return step();
  news(item, { state: "broken" });
  if (rest) return;
  rest = setTimeout(wake, Math.min(LONGEST_REST, 1000 * 2 ** breaks));
  breaks += 1;
}

function wake() {
  clearTimeout(rest);
  rest = null;
  tell();
  step();
}

function trouble(status) {
  if (status === 403) return "This was not allowed. Load the page again, then try again.";
  if (status === 200) return "You were signed out. Sign in in another tab, then try again.";
  return "The server could not take it. Nothing was lost.";
}

// ---- The line in the bar: for pages that do not show the rows

async function tell() {
  if (!line) return;
  const items = await pending();
  const wanting = [...items.filter((item) => asking.has(item.id)), ...refusals()];
  const first = wanting[0] ?? items[0];
  line.hidden = !first || first.home === location.pathname;
  if (!first) return;
  line.href = first.home;
  const count = wanting.length || items.length;
  line.querySelector("[data-n]").textContent = count === 1 ? "1 file" : `${count} files`;
  line.querySelector("[data-what]").textContent = wanting.length
    ? `need${count === 1 ? "s" : ""} you`
    : rest ? "wait for the connection" : `on ${count === 1 ? "its" : "their"} way`;
}

begin();
