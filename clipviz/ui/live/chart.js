// One live chart: runs, panels, status strip and event log, kept across script runs and theme changes.

import { button, element } from "./dom.js";
import { Feed } from "./feed.js";
import { History } from "./history.js";
import { HealthPanel } from "./health.js";
import { EventLog } from "./log.js";
import { PanelView } from "./panel.js";
import { StatusStrip } from "./status.js";
import { themeOf } from "./theme.js";
import { Zoom } from "./zoom.js";

const TELL_AGAIN = 6000;
const charts = new WeakMap();
let plotly = null;

/** Load Plotly's own bundle once a page; a page that will soon draw may call it ahead of time. */
export function loadPlotly(root, version) {
  plotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = new URL(`${root}assets/plotly.min.js?v=${encodeURIComponent(version)}`, window.location.origin).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotly = null;
      script.remove();
      reject(new Error("The drawing library could not be loaded"));
    };
    document.head.appendChild(script);
  });
  return plotly;
}

/** Streamlit's entry: returns the clean-up, which counts only if no later call took the chart over. */
export function mount({ data, parentElement, setTriggerValue }) {
  const chart = charts.get(parentElement) ?? new LiveChart(parentElement);
  charts.set(parentElement, chart);
  const call = chart.update(data, setTriggerValue);
  return () => {
    if (chart.call === call) {
      chart.destroy();
      charts.delete(parentElement);
    }
  };
}

class LiveChart {
  constructor(parent) {
    this.call = 0;
    this.histories = new Map();
    this.views = [];
    this.told = new Map();
    this.root = parent.appendChild(element("section", "cv-live", { "aria-label": "Live charts" }));
    this.hidden = new Set();
    this.status = new StatusStrip(this.root, (id) => this.toggle(id));
    this.trouble = this.root.appendChild(element("p", "cv-trouble", { role: "status", hidden: "" }));
    this.health = new HealthPanel(this.root);
    this.bar = this.root.appendChild(element("div", "cv-bar"));
    this.grid = this.root.appendChild(element("div", "cv-grid"));
    this.log = new EventLog(this.root);
    this.zoom = new Zoom((range) => this.zoomed(range));
    this.reset = this.bar.appendChild(button("Show all steps", "cv-button", () => this.zoom.set(null)));
    this.bar.hidden = true;
    this.feed = new Feed({
      news: (id, delta) => this.news(id, delta),
      trouble: (sentence) => this.troubled(sentence),
      lost: (id, sentence) => this.status.lost(id, sentence),
    });
  }

  /** Take what the page passed: everything that is the same stays untouched. */
  update(data, setTriggerValue) {
    this.call += 1;
    this.setTriggerValue = setTriggerValue;
    this.data = data;
    this.lines = data.runs.map((run) => ({ ...run, hidden: this.hidden.has(run.id) }));
    for (const run of data.runs) {
      if (!this.histories.has(run.id)) this.histories.set(run.id, new History(run.id));
    }
    for (const id of this.histories.keys()) {
      if (!data.runs.some((run) => run.id === id)) this.histories.delete(id);
    }
    this.status.runs(this.lines);
    this.log.show(data.log, data.runs, this.histories);
    this.health.watch(data.root, data.runs);
    this.feed.watch(data.root, data.runs.map((run) => run.id));
    loadPlotly(data.root, data.plotly).then(
      (library) => this.build(library),
      (error) => this.troubled(`${error.message}. Reload the page.`),
    );
    return this.call;
  }

  /** Show or hide a run in every panel. */
  toggle(id) {
    if (!this.hidden.delete(id)) this.hidden.add(id);
    for (const line of this.lines) line.hidden = this.hidden.has(line.id);
    this.status.runs(this.lines);
    for (const view of this.views) view.stale();
  }

  build(library) {
    if (!this.root.isConnected) return;
    const theme = themeOf(this.root, this.data.colours);
    const old = new Map(this.views.map((view) => [view.spec.title, view]));
    this.views = this.data.panels.map((spec) => {
      const view = old.get(spec.title) ?? new PanelView(this.grid, library, this.zoom);
      old.delete(spec.title);
      view.update(spec, this.lines, this.histories, theme, this.data.root);
      return view;
    });
    for (const view of old.values()) view.destroy();
    // appendChild moves a node that is already there: order follows the page's list
    this.views.forEach((view, at) => {
      if (this.grid.children[at] !== view.root) this.grid.insertBefore(view.root, this.grid.children[at] ?? null);
    });
  }

  news(id, delta) {
    const history = this.histories.get(id);
    if (!history) return;
    const drawn = history.apply(delta);
    this.status.news(id, delta.run);
    this.health.news(delta.run);
    if (delta.events.length || delta.reset) this.log.draw(this.histories);
    if (drawn || delta.events.length) for (const view of this.views) view.news();
    this.tell(id, delta.run, history);
  }

  /**
   * Run the page again when the run moved on from what the page was drawn for: once for each state, and again
   * after a while if the page still shows the old one (a server that restarted has not heard it).
   */
  tell(id, run, history) {
    const known = this.data.runs.find((line) => line.id === id);
    if (!known || !this.root.isConnected) return;
    const moved = known.state ? known.state !== run.state : run.final;
    const measured = !known.measured && history.measured;
    const word = `${id} ${run.state} ${measured}`;
    if ((moved || measured) && performance.now() - (this.told.get(word) ?? -Infinity) > TELL_AGAIN) {
      this.told.set(word, performance.now());
      setTimeout(() => this.tell(id, run, history), TELL_AGAIN + 100);
      this.setTriggerValue("moved", { run: id, state: run.state });
    }
  }

  troubled(sentence) {
    this.trouble.hidden = !sentence;
    this.trouble.textContent = sentence ?? "";
  }

  async zoomed(range) {
    this.bar.hidden = !range;
    for (const view of this.views) view.stale();
    await Promise.all(
      [...this.histories.values()].map(async (history) => {
        if (!range) return history.forget();
        if (!history.thinned) return undefined;
        const url = `${this.data.root}api/runs/${history.id}/window?lo=${range.lo}&hi=${range.hi}`;
        const answer = await fetch(url).catch(() => null);
        if (answer?.ok && this.zoom.is(range)) history.detail(await answer.json());
        return undefined;
      }),
    );
    for (const view of this.views) view.stale();
  }

  destroy() {
    this.feed.stop();
    for (const view of this.views) view.destroy();
    this.root.remove();
  }
}
