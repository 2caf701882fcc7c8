// From a panel's description and what is known of the runs to what Plotly draws.

import { faint } from "./theme.js";
import { count, literal } from "./words.js";

const TOP = 0.965;
const BOTTOM = 0.035;
const FEW = 12;
const KINDS = { nan: "not a number", "+inf": "infinite", "-inf": "minus infinity" };

/** The traces of a panel; a series without a point has none. */
export function tracesOf(spec, runs, histories, theme) {
  const lines = spec.series.filter((series) => ["line", "share", "band"].includes(series.kind));
  const mixed = new Set(lines.map((series) => series.stream)).size > 1;
  const traces = [];
  for (const run of runs) {
    const history = histories.get(run.id);
    if (!history) continue;
    for (const series of spec.series) {
      const colour = colourOf(series, run, theme);
      const label = runs.length > 1 ? run.label + (lines.length > 1 ? `, ${series.label}` : "") : series.label;
      const uid = named(run.id, series.stream, series.kind, series.name);
      const apart = (mixed && series.stream === "evaluation") || history.strides.get(series.stream) > 1;
      traces.push(...draw(series, history, { uid, name: literal(label, 48), colour, theme, apart }));
    }
    traces.push(...notFinite(spec, history, theme, runs.length > 1 ? run.label : ""));
  }
  return traces;
}

/** A name for a trace that Plotly can also use as a CSS class: it looks traces up by it. */
function named(...parts) {
  return `cv_${parts.join(" ").replace(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0)}`)}`;
}

function colourOf(series, run, theme) {
  if (series.colour === "run") return run.colour || theme.named["1"];
  return theme.named[series.colour] ?? series.colour;
}

function draw(series, history, look) {
  if (series.kind === "events") return events(series, history, look);
  const points = history.points(series.stream, series.name);
  if (!points.x.length) return [];
  if (series.kind === "marks") return marks(series, points, look);
  if (series.kind === "best") return best(points, look);
  if (series.kind === "band") return band(series, points, history.points(series.stream, series.upper), look);
  const few = points.x.length <= FEW && series.stream === "evaluation";
  const thin = series.width <= 1.2;
  return [{
    type: "scatter", uid: look.uid, name: look.name, x: points.x, y: points.y, showlegend: series.legend,
    mode: few || points.x.length === 1 ? "lines+markers" : "lines",
    line: { color: thin ? faint(look.colour, 0.75) : look.colour, width: series.width, dash: series.dash },
    marker: { color: look.colour, size: 5 },
    hovertemplate: `%{fullData.name}: %{y}${look.apart ? " at %{x}" : ""}<extra></extra>`,
  }];
}

function band(series, lower, upper, look) {
  const edge = { type: "scatter", mode: "lines", line: { width: 0 }, hoverinfo: "skip" };
  return [
    { ...edge, uid: `${look.uid}_lower`, legendgroup: look.uid, showlegend: false, x: lower.x, y: lower.y },
    { ...edge, uid: look.uid, legendgroup: look.uid, name: look.name, x: upper.x, y: upper.y,
      fill: "tonexty", fillcolor: faint(look.colour, 0.22) },
  ];
}

function best(points, look) {
  let at = 0;
  for (let other = 1; other < points.y.length; other += 1) if (points.y[other] < points.y[at]) at = other;
  return [{
    type: "scatter", uid: look.uid, name: look.name, mode: "markers", x: [points.x[at]], y: [points.y[at]],
    cliponaxis: false,
    marker: { symbol: "star", size: 13, color: look.colour, line: { width: 1.5, color: look.theme.ground } },
  }];
}

function marks(series, points, look) {
  const x = points.x.filter((step, at) => points.y[at] > 0);
  return x.length ? [pinned(look, x, x.map(() => TOP), x.map((step) => `step ${count(step)}: ${series.label}`), "x-thin")] : [];
}

function events(series, history, look) {
  const found = [...history.events.values()].filter((event) => event.kind === series.name);
  if (!found.length) return [];
  const x = found.map((event) => event.step);
  return [pinned(look, x, x.map(() => TOP), found.map((event) => literal(event.text, 120)), "triangle-down")];
}

/** NaN and infinity of the panel's own series: drawn where they happened, never left out. */
function notFinite(spec, history, theme, label) {
  const names = new Set(spec.series.filter((series) => series.kind !== "events").map((series) => series.name));
  const found = history.marks.filter(([, name]) => names.has(name));
  if (!found.length) return [];
  const name = literal(label ? `${label}, not finite` : "not finite", 48);
  const look = { uid: named(history.id, "not finite"), name, colour: theme.named.skipped };
  const says = found.map(([step, series, kind]) => literal(`${series.replaceAll("_", " ")} is ${KINDS[kind]} at step ${count(step)}`));
  return [pinned(look, found.map(([step]) => step), found.map(([, , kind]) => (kind === "-inf" ? BOTTOM : TOP)), says, "circle-x-open")];
}

/** Marks on the invisible axis from 0 to 1: at the edge of the panel, wherever the curves are. */
function pinned(look, x, y, text, symbol) {
  return {
    type: "scatter", mode: "markers", uid: look.uid, name: look.name, x, y, text, yaxis: "y2",
    hovertemplate: "%{text}<extra></extra>", cliponaxis: false,
    marker: { symbol, size: 8, color: look.colour, line: { width: symbol === "x-thin" ? 2 : 0, color: look.colour } },
  };
}

/** Powers of ten between the smallest and the largest value drawn. */
function decades(traces) {
  let [low, high] = [Infinity, 0];
  for (const trace of traces) {
    if (trace.yaxis === "y2") continue;
    for (const value of trace.y) {
      if (value > 0 && value < low) low = value;
      if (value > high) high = value;
    }
  }
  return high > 0 ? Math.log10(high / low) : 0;
}

/** How many ticks to ask for, so that Plotly labels 1, 2, 5 rather than every digit, and whole decades of many. */
const ticks = (span) => (span < 1.3 ? 2 : span < 3 ? 4 : Math.min(6, Math.floor(span / 0.71)));

/** Axes, type and colours of a panel. range: the steps that all panels show. */
export function layoutOf(spec, traces, log, range, theme, several) {
  const share = spec.series.some((series) => series.kind === "share");
  const axis = {
    gridcolor: theme.grid, linecolor: theme.grid, zeroline: false, showticklabels: traces.length > 0,
    tickfont: { size: 11 }, title: { font: { size: 12 }, standoff: 8 },
  };
  return {
    uirevision: spec.title,
    margin: { l: 70, r: 12, t: several ? 8 : 24, b: 42 },
    paper_bgcolor: theme.ground, plot_bgcolor: theme.ground,
    font: { family: theme.font, color: theme.ink, size: 12 },
    showlegend: !several,
    legend: { orientation: "h", x: 0, y: 1.01, xanchor: "left", yanchor: "bottom", font: { size: 12 }, bgcolor: "rgba(0,0,0,0)" },
    hovermode: "x unified",
    hoverlabel: { bgcolor: theme.ground, bordercolor: theme.grid, font: { color: theme.ink, size: 12 }, namelength: 36 },
    dragmode: "zoom",
    xaxis: {
      ...axis, title: { ...axis.title, text: "step" }, tickformat: "~s", hoverformat: ",d",
      unifiedhovertitle: { text: "step %{x:,d}" },
      spikecolor: theme.ink, spikethickness: 1, spikedash: "dot",
      uirevision: `${range.lo} ${range.hi}`, range: [range.lo, range.hi], autorange: false,
    },
    yaxis: {
      ...axis, title: { ...axis.title, text: literal(spec.y_title) }, type: log ? "log" : "linear",
      uirevision: `${spec.title} ${log}`, rangemode: share && !log ? "tozero" : "normal",
      tickformat: share ? ".2~%" : log ? ".6~g" : "", hoverformat: share ? ".2~%" : ".4~g",
      exponentformat: "power", nticks: log ? ticks(decades(traces)) : 6,
    },
    yaxis2: { overlaying: "y", range: [0, 1], fixedrange: true, visible: false },
  };
}

/** One sentence for those who do not see the chart: where each curve stands. */
export function summaryOf(spec, traces) {
  const parts = traces
    .filter((trace) => trace.yaxis !== "y2" && trace.hoverinfo !== "skip")
    .map((trace) => `${trace.name} ${Number(trace.y[trace.y.length - 1]).toPrecision(4)}`);
  return `${spec.title}, by step. ${parts.length ? `Last values: ${parts.join(", ")}.` : "Nothing was measured yet."}`;
}
