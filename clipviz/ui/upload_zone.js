// A drop zone that streams each file to /api/uploads and tells the page the hashes of those that arrived, at once for
// all that were dropped together: the page finds out which of them are one dataset, by their names and folders.
// File names are user text: they are set as text only.
const element = (tag, className, text = "", attributes = {}) => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

const AT_ONCE = 4;
const MOST_LINES = 20;

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function send({ file, name }, root, line, done) {
  const request = new XMLHttpRequest();
  const bar = element("progress", "clip-upload-bar", "", { max: "1", value: "0", "aria-label": `Upload of ${name}` });
  const said = element("span", "clip-upload-said", "waiting …", { role: "status" });
  const cancel = element("button", "clip-upload-cancel", "Cancel", { type: "button", "aria-label": `Cancel ${name}` });
  cancel.onclick = () => request.abort();
  line.append(element("span", "clip-upload-name", name), bar, said, cancel);
  const end = (words, source) => {
    said.textContent = words;
    cancel.remove();
    done(source ? { source, name } : null);
  };
  request.upload.onprogress = (event) => {
    bar.value = event.total ? event.loaded / event.total : 0;
    said.textContent = `${megabytes(event.loaded)} of ${megabytes(file.size)}`;
  };
  request.onload = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { answer = { error: `The server said ${request.status}.` }; }
    if (request.status === 200) end("arrived", answer.source);
    else { line.classList.add("clip-upload-failed"); end(answer.error || `The server said ${request.status}.`, null); }
  };
  request.onerror = () => { line.classList.add("clip-upload-failed"); end("The connection broke. Drop the file again.", null); };
  request.onabort = () => end("cancelled, nothing was kept", null);
  request.open("POST", new URL(`${root}api/uploads`, window.location.origin).href);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-Clipviz-Upload", "1");
  request.send(file);
}

// What was dropped, folders opened: each file with its path from the outermost folder.
async function opened(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, name: entry.fullPath.replace(/^\//, "") }];
  }
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(opened))).flat();
}

async function dropped(transfer) {
  const files = [...transfer.files].map((file) => ({ file, name: file.name }));
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  return entries.some((entry) => entry.isDirectory) ? (await Promise.all(entries.map(opened))).flat() : files;
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  if (parentElement.querySelector(".clip-upload")) return;
  const zone = element("div", "clip-upload");
  const label = element("label", "clip-upload-drop");
  const input = element("input", "clip-upload-input", "", {
    type: "file", multiple: "", "aria-label": "Drop your files here, or choose them",
  });
  label.append(
    element("strong", "", "Drop your files here, or choose them"),
    element("span", "clip-upload-hint", `Tables; images with their labels, also in folders or a zip · up to ${data.megabytes.toLocaleString()} MB each`),
    input,
  );
  const list = element("div", "clip-upload-list", "", { "aria-live": "polite" });
  const folder = element("button", "clip-upload-cancel clip-upload-folder", "Choose a folder of images", { type: "button" });
  zone.append(label, folder, list);
  parentElement.append(zone);

  const take = (files) => {
    const arrived = [];
    const waiting = [...files];
    let under_way = 0;
    list.replaceChildren();
    const total = element("div", "clip-upload-total", "", { role: "status" });
    if (files.length > MOST_LINES) list.append(total);
    const next = () => {
      total.textContent = `${arrived.length.toLocaleString()} of ${files.length.toLocaleString()} files arrived`;
      if (!waiting.length && !under_way && arrived.length) setTriggerValue("arrived", arrived);
      while (waiting.length && under_way < AT_ONCE) {
        const line = element("div", "clip-upload-line");
        list.append(line);
        under_way += 1;
        send(waiting.shift(), data.root, line, (one) => {
          if (one) arrived.push(one);
          if (one && files.length > MOST_LINES) line.remove();
          under_way -= 1;
          next();
        });
      }
    };
    if (files.length) next();
  };
  input.onchange = () => { take([...input.files].map((file) => ({ file, name: file.name }))); input.value = ""; };
  folder.onclick = () => {
    const chosen = element("input", "", "", { type: "file", webkitdirectory: "" });
    chosen.onchange = () => take([...chosen.files].map((file) => ({ file, name: file.webkitRelativePath })));
    chosen.click();
  };
  for (const kind of ["dragenter", "dragover"]) {
    label.addEventListener(kind, (event) => { event.preventDefault(); label.classList.add("clip-upload-over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    label.addEventListener(kind, (event) => { event.preventDefault(); label.classList.remove("clip-upload-over"); });
  }
  label.addEventListener("drop", (event) => dropped(event.dataTransfer).then(take));
}
