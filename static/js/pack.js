// A folder as an uncompressed zip. The files themselves are not copied: the archive is made of references to them.
const MOST = 0xffffffff; // beyond that a zip needs 64-bit numbers
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit += 1) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

export async function pack(files, told) {
  const total = files.reduce((sum, file) => sum + file.size + 600, 0);
  if (total > MOST) throw new Error("The folder has more than 4 GB. Choose a part of it.");
  if (files.length > 20_000) throw new Error(`The folder has ${files.length} files; the limit is 20000. Choose a part of it.`);
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [index, file] of files.entries()) {
    told(index + 1);
    const name = new TextEncoder().encode(file.webkitRelativePath || file.name);
    const sum = await checksum(file);
    const local = record(0x04034b50, [], sum, file.size, name, []);
    parts.push(local, file);
    directory.push(record(0x02014b50, [20], sum, file.size, name, [0, 0, 0, 0, 0], offset));
    offset += local.size + file.size;
  }
  const list = new Blob(directory);
  parts.push(list, end(files.length, list.size, offset));
  const folder = (files[0].webkitRelativePath || "packshots").split("/")[0];
  return new File(parts, `${folder}.zip`, { type: "application/zip" });
}

// Both records of a file, by their common middle. 0x800: the name is UTF-8. The date is the first that there is.
function record(mark, made, sum, size, name, more, offset) {
  const words = [...made, 20, 0x800, 0, 0, 0x21];
  const view = new DataView(new ArrayBuffer(4 + words.length * 2 + 16 + more.length * 2 + (offset === undefined ? 0 : 4)));
  let at = 0;
  const put = (value, bytes) => {
    bytes === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true);
    at += bytes;
  };
  put(mark, 4);
  for (const word of words) put(word, 2);
  for (const long of [sum, size, size]) put(long, 4);
  put(name.length, 2);
  put(0, 2);
  for (const word of more) put(word, 2);
  if (offset !== undefined) put(offset, 4);
  return new Blob([view.buffer, name]);
}

function end(count, size, offset) {
  const view = new DataView(new ArrayBuffer(22));
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, size, true);
  view.setUint32(16, offset, true);
  return new Blob([view.buffer]);
}

async function checksum(file) {
  let sum = 0xffffffff;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return (sum ^ 0xffffffff) >>> 0;
    for (const byte of value) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
  }
}
