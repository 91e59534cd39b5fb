// How files come in: chosen, dropped anywhere on the page (folders too), or pasted. Says "files" on the form.
const form = document.querySelector("[data-upload]");
const input = form.querySelector("input[type=file]");
const give = (files) => files.length && form.dispatchEvent(new CustomEvent("files", { detail: files }));

input.multiple = true;
input.addEventListener("change", () => {
  give([...input.files]);
  input.value = "";
});
form.addEventListener("click", (event) => {
  if (!event.target.closest("label, input, button")) input.click();
});

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0; // dragenter and dragleave come for every element on the way
const over = (step) => {
  depth = Math.max(0, depth + step);
  form.classList.toggle("over", depth > 0);
};
addEventListener("dragenter", (event) => holdsFiles(event) && over(1));
addEventListener("dragleave", (event) => holdsFiles(event) && over(-1));
addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
addEventListener("drop", async (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  over(-depth);
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  give((await Promise.all(entries.map(filesOf))).flat());
});

addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length) event.preventDefault();
  give(files.map(named));
});

async function filesOf(entry) {
  if (!entry) return [];
  if (entry instanceof File) return [entry];
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  return (await Promise.all((await listing(entry)).map(filesOf))).flat().filter((file) => !file.name.startsWith("."));
}

async function listing(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return all;
    all.push(...some);
  }
}

// A browser calls every pasted picture image.png, which would make them all packshots of one product.
function named(file) {
  if (file.name !== "image.png") return file;
  const now = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return new File([file], `Pasted ${now}.png`, { type: file.type });
}
