// How a run is doing, in words: what may be wrong with its remedy, the largest error, what the clip is. One run only.

import { element } from "./dom.js";
import { plain } from "./words.js";

const EVERY = 3000;
const SIGNS = { problem: "✕", warning: "!", note: "·" };
const WORDS = { problem: "Problem", warning: "Warning", note: "Note" };

export class HealthPanel {
  constructor(parent) {
    this.root = parent.appendChild(element("section", "cv-health", { "aria-label": "Health of the run", hidden: "" }));
    this.list = this.root.appendChild(element("ul", "cv-findings"));
    this.id = "";
    this.asked = -Infinity;
    this.busy = false;
    this.shown = "";
  }

  watch(root, runs) {
    const id = runs.length === 1 ? runs[0].id : "";
    this.address = `${root}api/runs/${id}/health`;
    if (id === this.id) return;
    this.id = id;
    this.root.hidden = true;
    this.shown = this.word = "";
  }

  /** Told whenever there is news of the run; asks at most every three seconds, and at once when its state changes. */
  news(run) {
    if (!this.id || this.busy || !run.step) return;
    const ended = `${run.state} ${run.final}`;
    const now = performance.now();
    if (this.word === ended && (run.final || now - this.asked < EVERY)) return;
    this.asked = now;
    this.ask(ended);
  }

  async ask(word) {
    this.busy = true;
    const address = this.address;
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    const said = answer?.ok ? await answer.json().catch(() => null) : null;
    this.busy = false;
    if (!said || address !== this.address) return;
    this.word = word;
    this.draw(said.health);
  }

  draw(health) {
    const text = JSON.stringify(health);
    if (!health || text === this.shown) return;
    this.shown = text;
    const lines = health.findings.map((each) => [each.weight, each.text, each.remedy]);
    const clip = health.ledger;
    const told = health.findings.some((each) => each.text === clip.words);
    if (!told && clip.kind !== "none") lines.push(["note", clip.words, ""]);
    if (health.dominant) lines.push(["note", health.dominant.text, health.dominant.remedy]);
    if (!health.findings.length) lines.unshift(["well", "Nothing wrong was found.", ""]);
    this.list.replaceChildren(...lines.map(line));
    this.root.hidden = false;
  }
}

function line([weight, text, remedy]) {
  const row = element("li", "cv-finding", { "data-weight": weight });
  row.appendChild(element("span", "cv-sign", { "aria-hidden": "true" }, SIGNS[weight] ?? "✓"));
  const words = row.appendChild(element("span", "cv-said"));
  if (WORDS[weight] && weight !== "note") words.appendChild(element("b", "", {}, `${WORDS[weight]}: `));
  words.appendChild(document.createTextNode(plain(text, 500)));
  if (remedy) words.appendChild(element("span", "cv-remedy", {}, ` ${plain(remedy, 500)}`));
  return row;
}
