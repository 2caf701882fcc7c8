// How each run stands: state in a word and a sign, progress, pace, time left.

import { button, element } from "./dom.js";
import { count, duration, percent, plain } from "./words.js";

const WORDS = {
  queued: ["…", "Waiting"],
  running: ["▶", "Training"],
  paused: ["❚❚", "Paused"],
  finished: ["✓", "Finished"],
  stopped: ["■", "Stopped"],
  failed: ["✕", "Failed"],
};
const ASKED = { pause: "Pausing", stop: "Stopping" };

export class StatusStrip {
  constructor(parent, toggled) {
    this.toggled = toggled;
    this.root = parent.appendChild(element("div", "cv-status"));
    this.said = parent.appendChild(element("p", "cv-unseen", { role: "status" }));
    this.rows = new Map();
  }

  /** One row a run, in the page's order. */
  runs(lines) {
    this.root.classList.toggle("cv-several", lines.length > 1);
    for (const [id, row] of this.rows) {
      if (!lines.some((line) => line.id === id)) {
        row.root.remove();
        this.rows.delete(id);
      }
    }
    for (const line of lines) {
      const row = this.rows.get(line.id) ?? new Row(line, lines.length > 1, this.toggled);
      this.rows.set(line.id, row);
      row.name(line);
      this.root.appendChild(row.root);
    }
  }

  news(id, run) {
    const row = this.rows.get(id);
    if (row && row.draw(run)) this.said.textContent = `${row.label}: ${row.word}. ${run.reason}`;
  }

  lost(id, sentence) {
    this.rows.get(id)?.lost(sentence);
  }
}

class Row {
  constructor(line, several, toggled) {
    this.root = element("div", "cv-run");
    this.several = several;
    if (several) {
      this.key = this.root.appendChild(button("", "cv-key", () => toggled(line.id), { "aria-pressed": "true" }));
      this.swatch = this.key.appendChild(element("span", "cv-swatch", { "aria-hidden": "true" }));
      this.text = this.key.appendChild(element("span"));
    }
    this.pill = this.root.appendChild(element("span", "cv-pill"));
    this.sign = this.pill.appendChild(element("span", "cv-sign", { "aria-hidden": "true" }, "…"));
    this.state = this.pill.appendChild(element("span", "", {}, "Loading"));
    this.track = this.root.appendChild(element("div", "cv-track", { role: "progressbar", "aria-valuemin": "0" }));
    this.fill = this.track.appendChild(element("div", "cv-fill"));
    this.figures = this.root.appendChild(element("span", "cv-figures"));
    this.reason = this.root.appendChild(element("p", "cv-reason", { hidden: "" }));
  }

  name(line) {
    this.label = plain(line.label);
    this.track.setAttribute("aria-label", `Progress of ${this.label}`);
    if (!this.several) return;
    this.text.textContent = this.label;
    this.swatch.style.background = line.colour;
    this.key.title = "Show or hide this run";
    this.key.setAttribute("aria-pressed", String(!line.hidden));
  }

  /** True when the state's word changed. */
  draw(run) {
    const [sign, usual] = WORDS[run.state] ?? ["?", run.state];
    const word = run.state === "running" ? (ASKED[run.request] ?? usual) : usual;
    const changed = word !== this.word;
    this.word = word;
    this.root.dataset.state = run.state;
    this.sign.textContent = sign;
    this.state.textContent = word;
    // a run that stopped early is over all the same: its bar is full, its step stands beside it
    const steps = run.steps || 1;
    const done = run.state === "finished" ? steps : Math.min(run.step, steps);
    this.fill.style.width = `${(100 * done) / steps}%`;
    this.track.setAttribute("aria-valuemax", String(steps));
    this.track.setAttribute("aria-valuenow", String(done));
    this.figures.textContent = figuresOf(run).join("  ·  ");
    // of a single run that failed or finished, the page around says it
    this.reason.hidden = !run.reason || (!this.several && ["failed", "finished"].includes(run.state));
    this.reason.textContent = plain(run.reason, 400);
    return changed;
  }

  lost(sentence) {
    this.root.dataset.state = "failed";
    this.sign.textContent = "✕";
    this.state.textContent = "Not here";
    this.reason.hidden = false;
    this.reason.textContent = plain(sentence, 400);
  }
}

function figuresOf(run) {
  if (run.waits && !run.step) return [plain(run.waits, 200)];
  const figures = [run.steps ? `step ${count(run.step)} of ${count(run.steps)}` : `step ${count(run.step)}`];
  if (run.rate && run.state !== "paused") figures.push(`${run.rate < 10 ? run.rate.toFixed(1) : count(run.rate)} steps/s`);
  if (run.seconds_left !== null) figures.push(`at most ${duration(run.seconds_left)} left`);
  if (run.seconds !== null) figures.push(`took ${duration(run.seconds)}`);
  if (run.clipped_share !== null) figures.push(`${percent(run.clipped_share)} of steps clipped`);
  if (run.non_finite) figures.push(`${count(run.non_finite)} ${run.non_finite === 1 ? "value" : "values"} not finite`);
  if (run.device) figures.push(plain(run.device, 40));
  return figures;
}
