// A list or an archive on its way: without a file none is sent, too big is said before, progress is shown, and a
// folder becomes an archive.
import { pack } from "./pack.js";

for (const form of document.querySelectorAll("[data-give]")) {
  const input = form.querySelector("[name=file]");
  const bar = form.querySelector("progress");
  const button = form.querySelector("button");
  const say = (words) => (form.querySelector("[data-told]").textContent = words);
  const busy = (now) => {
    bar.hidden = !now;
    button.disabled = now || !input.files.length;
  };

  busy(false);
  input.addEventListener("change", () => (busy(false), say("")));
  form.addEventListener("htmx:beforeRequest", (event) => {
    const file = input.files[0];
    if (file && file.size > Number(form.dataset.most)) {
      event.preventDefault();
      return say(form.dataset.tooBig.replace("{bytes}", `${(file.size / 1e6).toFixed(1)} MB`));
    }
    busy(true);
    say("On its way. Stay on this page until it is in.");
  });
  form.addEventListener("htmx:xhr:progress", ({ detail }) => {
    if (!detail.lengthComputable || bar.hidden) return;
    bar.value = detail.loaded / detail.total;
    if (detail.loaded === detail.total) say("It has arrived and is being looked at.");
  });
  form.addEventListener("htmx:afterRequest", () => (busy(false), say("")));
  for (const trouble of ["sendError", "responseError", "timeout"])
    form.addEventListener(`htmx:${trouble}`, () => setTimeout(() => say("It did not arrive. Upload it again; the file is still chosen.")));

  async function send(folder) {
    const files = [...folder.files].filter((file) => !file.name.startsWith("."));
    if (!files.length) return;
    busy(true);
    try {
      const archive = await pack(files, (done) => say(`Packing ${done} of ${files.length} files`));
      const given = new DataTransfer();
      given.items.add(archive);
      input.files = given.files;
      busy(false);
      form.requestSubmit();
    } catch (trouble) {
      busy(false);
      say(trouble.message);
    }
    folder.value = "";
  }

  const folder = form.querySelector("[data-folder]");
  folder?.addEventListener("change", () => send(folder));
  if (folder) send(folder); // chosen before this script came
}
