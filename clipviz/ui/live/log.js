// What happened, in words, newest first.

import { element } from "./dom.js";
import { count, plain } from "./words.js";

const SHOWN = 200;
const SIGNS = { spike: "▼", nonfinite: "✕", best: "★", rule: "■", stop: "■", warning: "!", info: "·" };

export class EventLog {
  constructor(parent) {
    this.root = parent.appendChild(element("details", "cv-log", { open: "" }));
    this.title = this.root.appendChild(element("summary", "", {}, "What happened"));
    this.list = this.root.appendChild(element("ol", "cv-events", { tabindex: "0", "aria-label": "Event log, newest first" }));
  }

  show(wanted, runs, histories) {
    this.root.hidden = !wanted;
    this.labels = new Map(runs.map((run) => [run.id, runs.length > 1 ? plain(run.label, 40) : ""]));
    this.draw(histories);
  }

  draw(histories) {
    const all = [];
    for (const [id, history] of histories) {
      for (const event of history.events.values()) all.push({ ...event, label: this.labels.get(id) ?? "" });
    }
    all.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : other.key - one.key));
    this.title.textContent = all.length ? `What happened (${count(all.length)})` : "What happened: nothing yet";
    this.list.hidden = !all.length;
    this.list.replaceChildren(...all.slice(0, SHOWN).map(line));
  }
}

function line(event) {
  const row = element("li", "cv-event", { "data-kind": event.kind });
  row.appendChild(element("span", "cv-sign", { "aria-hidden": "true" }, SIGNS[event.kind] ?? "·"));
  const words = row.appendChild(element("span", "cv-said"));
  if (event.label) words.appendChild(element("b", "", {}, `${event.label}: `));
  const placed = event.step && !/\bstep \d/i.test(event.text) ? `step ${count(event.step)}: ` : "";
  words.appendChild(document.createTextNode(placed + plain(event.text, 400)));
  const at = new Date(event.at);
  row.appendChild(element("time", "cv-at", { datetime: event.at, title: at.toLocaleString() }, at.toLocaleTimeString()));
  return row;
}
