// One panel on the page: title, controls, chart. Drawn only when it is in sight and has something new.

import { button, element } from "./dom.js";
import { layoutOf, summaryOf, tracesOf } from "./figure.js";

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "autosize", showTips: false };
const SIZE = { width: 1000, height: 560 };

/** Drawing news takes at most about a third of the browser's time: a slow machine draws less often. */
const REST = 2;

const waiting = new Set();
const inSight = new Set();
let frame = 0;

const cost = () => [...inSight].reduce((sum, view) => sum + view.cost, 0);

/** Draw one panel a frame, so that the page stays smooth. */
function later(view) {
  waiting.add(view);
  frame ||= requestAnimationFrame(function next() {
    const first = waiting.values().next().value;
    waiting.delete(first);
    frame = waiting.size ? requestAnimationFrame(next) : 0;
    first?.draw();
  });
}

export class PanelView {
  constructor(grid, plotly, zoom) {
    Object.assign(this, { plotly, zoom, dirty: true, seen: false, log: null, cost: 0, drawn: 0, timer: 0 });
    this.root = grid.appendChild(element("figure", "cv-panel"));
    const head = this.root.appendChild(element("figcaption", "cv-head"));
    this.title = head.appendChild(element("h4", "cv-title"));
    this.plot = this.root.appendChild(element("div", "cv-plot", { role: "img" }));
    this.empty = this.root.appendChild(element("p", "cv-empty", {}, "Loading …"));
    this.controls(head.appendChild(element("div", "cv-controls", { role: "group" })));
    this.help = head.appendChild(element("p", "cv-help"));
    this.sight = new IntersectionObserver(([entry]) => {
      this.seen = entry.isIntersecting;
      inSight[this.seen ? "add" : "delete"](this);
      if (this.seen && this.dirty) later(this);
    }, { rootMargin: "200px" });
    this.sight.observe(this.root);
  }

  controls(group) {
    this.group = group;
    this.logs = group.appendChild(button("log", "cv-button", () => {
      this.log = !this.log;
      this.stale();
    }, { title: "Logarithmic axis" }));
    group.appendChild(button("PNG", "cv-button", () => this.save("png"), { title: "Download as picture" }));
    group.appendChild(button("SVG", "cv-button", () => this.save("svg"), { title: "Download as drawing" }));
    this.csv = group.appendChild(element("a", "cv-button", { download: "", title: "Download every step as CSV" }, "CSV"));
  }

  update(spec, runs, histories, theme, root) {
    this.log ??= spec.log;
    Object.assign(this, { spec, runs, histories, theme });
    this.title.textContent = spec.title;
    this.help.textContent = spec.help;
    if (!this.drawn) this.plot.setAttribute("aria-label", `${spec.title}, by step`);
    this.group.setAttribute("aria-label", `${spec.title}: view and downloads`);
    const query = new URLSearchParams();
    for (const run of runs) query.append("run", run.id);
    for (const series of spec.series) {
      if (series.kind !== "events") query.append("series", `${series.stream}/${series.name}`);
      if (series.upper) query.append("series", `${series.stream}/${series.upper}`);
    }
    this.csv.href = `${root}api/series.csv?${query}`;
    this.stale();
  }

  /** Something that a person did shows at once. */
  stale() {
    this.dirty = true;
    if (this.seen) later(this);
  }

  /** News can wait for its turn. */
  news() {
    this.dirty = true;
    if (this.timer || !this.seen) return;
    const pause = this.drawn + (1 + REST) * cost() - performance.now();
    if (pause <= 0) return later(this);
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (this.dirty && this.seen) later(this);
    }, pause);
  }

  draw() {
    if (!this.spec || !this.root.isConnected) return;
    this.dirty = false;
    const begun = performance.now();
    const shown = this.runs.filter((run) => !run.hidden);
    const traces = tracesOf(this.spec, shown, this.histories, this.theme);
    const layout = layoutOf(this.spec, traces, this.log, this.range(), this.theme, this.runs.length > 1);
    const heard = shown.every((run) => this.histories.get(run.id)?.run);
    this.empty.hidden = traces.length > 0;
    this.empty.textContent = heard ? "Nothing measured yet" : "Loading …";
    this.logs.setAttribute("aria-pressed", String(this.log));
    this.plot.setAttribute("aria-label", summaryOf(this.spec, traces));
    this.plotly.react(this.plot, traces, layout, CONFIG);
    if (!this.listening) {
      this.listening = true;
      this.plot.on("plotly_relayout", (change) => this.zoom.heard(change));
    }
    this.drawn = performance.now();
    this.cost = this.drawn - begun;
  }

  /** The steps to show: those zoomed to, else all that any run has, the same in every panel. */
  range() {
    const last = Math.max(1, ...[...this.histories.values()].map((history) => history.last));
    return this.zoom.range ?? { lo: 0, hi: last };
  }

  /** A picture with its title on the page's ground, as wide as a slide wants it. */
  async save(format) {
    const traces = tracesOf(this.spec, this.runs.filter((run) => !run.hidden), this.histories, this.theme);
    const layout = layoutOf(this.spec, traces, this.log, this.range(), this.theme, false);
    layout.title = { text: this.spec.title, x: 0.02, font: { size: 18 } };
    layout.margin = { l: 64, r: 24, t: 84, b: 48 };
    const url = await this.plotly.toImage({ data: traces, layout }, { format, ...SIZE, scale: format === "png" ? 2 : 1 });
    const name = `clipviz-${this.spec.title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${format}`;
    const link = element("a", "", { href: url, download: name });
    this.root.appendChild(link).click();
    link.remove();
  }

  destroy() {
    waiting.delete(this);
    inSight.delete(this);
    clearTimeout(this.timer);
    this.sight.disconnect();
    this.plotly.purge(this.plot);
    this.root.remove();
  }
}
