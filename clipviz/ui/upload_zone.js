// A drop zone that streams each file to /api/uploads and tells the page the hashes of those that arrived.
// File names are user text: they are set as text only.
const element = (tag, className, text = "", attributes = {}) => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function send(file, root, line, done) {
  const request = new XMLHttpRequest();
  const bar = element("progress", "clip-upload-bar", "", { max: "1", value: "0", "aria-label": `Upload of ${file.name}` });
  const said = element("span", "clip-upload-said", "waiting …", { role: "status" });
  const cancel = element("button", "clip-upload-cancel", "Cancel", { type: "button", "aria-label": `Cancel ${file.name}` });
  cancel.onclick = () => request.abort();
  line.append(element("span", "clip-upload-name", file.name), bar, said, cancel);
  const end = (words, source) => {
    said.textContent = words;
    cancel.remove();
    done(source ? { source, name: file.name } : null);
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
    element("span", "clip-upload-hint", `${data.suffixes.join(", ")} · up to ${data.megabytes.toLocaleString()} MB each`),
    input,
  );
  const list = element("div", "clip-upload-list", "", { "aria-live": "polite" });
  zone.append(label, list);
  parentElement.append(zone);

  const take = (files) => {
    const arrived = [];
    let waiting = files.length;
    if (!waiting) return;
    list.replaceChildren();
    for (const file of files) {
      const line = element("div", "clip-upload-line");
      list.append(line);
      send(file, data.root, line, (one) => {
        if (one) arrived.push(one);
        waiting -= 1;
        if (waiting === 0 && arrived.length) setTriggerValue("arrived", arrived);
      });
    }
  };
  input.onchange = () => { take([...input.files]); input.value = ""; };
  for (const kind of ["dragenter", "dragover"]) {
    label.addEventListener(kind, (event) => { event.preventDefault(); label.classList.add("clip-upload-over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    label.addEventListener(kind, (event) => { event.preventDefault(); label.classList.remove("clip-upload-over"); });
  }
  label.addEventListener("drop", (event) => take([...event.dataTransfer.files]));
}
