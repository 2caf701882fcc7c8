// Figures that follow a slider: drawn once, then redrawn in place, so that nothing flickers and zoom stays.

import { loadPlotly } from "./chart.js";
import { button, element } from "./dom.js";
import { csv } from "./points.js";

const CONFIG = { displayModeBar: false, doubleClick: "autosize", showTips: false };
const drawings = new WeakMap();

/** Streamlit's entry: returns the clean-up, which counts only if no later call took the drawing over. */
export function mount({ data, parentElement, setTriggerValue }) {
  const drawing = drawings.get(parentElement) ?? new Drawing(parentElement);
  drawings.set(parentElement, drawing);
  drawing.select = (range) => setTriggerValue("selected", range);
  const call = drawing.update(data);
  return () => {
    if (drawing.call === call) {
      drawing.destroy();
      drawings.delete(parentElement);
    }
  };
}

class Drawing {
  constructor(parent) {
    this.call = 0;
    this.views = new Map();
    this.root = parent.appendChild(element("section", "cv-drawings"));
  }

  update(data) {
    this.call += 1;
    this.draw(data, this.call);
    return this.call;
  }

  async draw(data, call) {
    const plotly = await loadPlotly(data.root, data.plotly);
    if (call !== this.call || !this.root.isConnected) return;
    this.root.style.setProperty("--cv-least", `${data.least}px`);
    const shown = new Set(data.figures.map((figure) => figure.title));
    for (const [title, view] of this.views) {
      if (shown.has(title)) continue;
      view.destroy();
      this.views.delete(title);
    }
    // All have their place, and with it their width, before the first is drawn.
    data.figures.forEach((figure, at) => {
      const view = this.views.get(figure.title) ?? new FigureView(this.root, plotly, (range) => this.select(range));
      this.views.set(figure.title, view);
      if (this.root.children[at] !== view.root) this.root.insertBefore(view.root, this.root.children[at] ?? null);
    });
    for (const figure of data.figures) this.views.get(figure.title).update(figure);
  }

  destroy() {
    this.call += 1;
    for (const view of this.views.values()) view.destroy();
    this.root.remove();
  }
}

class FigureView {
  /** select: takes the range of x that somebody has dragged over. */
  constructor(parent, plotly, select) {
    this.plotly = plotly;
    this.select = select;
    this.root = parent.appendChild(element("figure", "cv-figure"));
    const head = this.root.appendChild(element("figcaption", "cv-figure-head"));
    this.head = head;
    this.title = head.appendChild(element("h4", "cv-figure-title"));
    const group = head.appendChild(element("div", "cv-figure-tools", { role: "group" }));
    group.appendChild(button("PNG", "cv-tool", () => this.save("png"), { title: "Download as picture" }));
    group.appendChild(button("SVG", "cv-tool", () => this.save("svg"), { title: "Download as drawing" }));
    group.appendChild(button("CSV", "cv-tool", () => this.table(), { title: "Download what is drawn as CSV" }));
    this.group = group;
    this.help = this.root.appendChild(element("p", "cv-figure-help"));
    this.plot = this.root.appendChild(element("div", "cv-figure-plot", { role: "img" }));
    this.width = 0;
    this.sight = new ResizeObserver(([entry]) => this.fit(entry.contentRect.width));
    this.sight.observe(this.plot);
  }

  update(figure) {
    if (figure.spec === this.spec) return;
    this.spec = figure.spec;
    const { data, layout } = JSON.parse(figure.spec);
    this.title.textContent = figure.title;
    this.title.hidden = !figure.heading;
    this.help.textContent = figure.help;
    this.help.hidden = !figure.help;
    this.group.setAttribute("aria-label", `${figure.title}: downloads`);
    this.plot.setAttribute("aria-label", figure.alt);
    this.plot.style.height = `${layout.height}px`;
    const dragmode = figure.selects ? "select" : layout.dragmode === "select" ? "zoom" : layout.dragmode;
    this.plotly.react(this.plot, data, { ...layout, dragmode, uirevision: "kept" }, CONFIG);
    if (figure.selects && !this.zoom) this.selectable();
  }

  /** A drag across the figure says a range of x; a tool beside the downloads makes drags zoom instead. */
  selectable() {
    this.zoom = button("Zoom", "cv-tool", () => this.drag(this.zoom.getAttribute("aria-pressed") !== "true"), {
      title: "Drag to zoom; double-click shows all", "aria-pressed": "false",
    });
    this.group.prepend(this.zoom);
    this.plot.on("plotly_selected", (event) => {
      const range = event?.range?.x;
      if (!range) return;
      this.plotly.update(this.plot, { selectedpoints: null }, { selections: [] });
      this.select(Array.from(range, Number));
    });
  }

  drag(zooms) {
    this.zoom.setAttribute("aria-pressed", String(zooms));
    this.plotly.relayout(this.plot, { dragmode: zooms ? "zoom" : "select" });
  }

  /** Follows a width that changed for another reason than the window: a neighbour came or went. */
  fit(width) {
    const changed = this.spec && width > 0 && Math.abs(width - this.width) > 1;
    this.width = width;
    if (changed) this.plotly.Plots.resize(this.plot);
  }

  /** A picture with its title, as wide as a slide wants it. */
  async save(format) {
    const { data, layout } = JSON.parse(this.spec);
    const ground = getComputedStyle(this.root).getPropertyValue("--st-background-color").trim() || "#ffffff";
    Object.assign(layout, { title: { text: this.title.textContent, x: 0.02 }, paper_bgcolor: ground, plot_bgcolor: ground });
    layout.margin = { l: 64, r: 24, t: 84, b: 56 };
    const size = { width: 1000, height: Math.max(560, layout.height ?? 0), scale: format === "png" ? 2 : 1 };
    this.keep(await this.plotly.toImage({ data, layout }, { format, ...size }), format);
  }

  /** Every point that is drawn, one a line. */
  table() {
    const text = csv(this.plot._fullData ?? [], this.plot._fullLayout ?? {});
    const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    this.keep(url, "csv");
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  keep(url, ending) {
    const name = `clipviz-${this.title.textContent.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${ending}`;
    const link = this.root.appendChild(element("a", "", { href: url, download: name }));
    link.click();
    link.remove();
  }

  destroy() {
    this.sight.disconnect();
    this.plotly.purge(this.plot);
    this.root.remove();
  }
}
