// What a figure draws, as a table: every point a line, spelled so that no spreadsheet takes text for a formula.

const RISKY = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[-+]?\d[\d,]*(\.\d+)?(e[-+]?\d+)?( ?%| to [-+]?\d[\d.]*(e[-+]?\d+)?)?$/i;
const SURFACES = new Set(["heatmap", "contour"]);

/** A cell of a CSV file. */
export function cell(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (value === null || value === undefined) return "";
  const text = String(value);
  const safe = RISKY.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return `"${safe.replace(/"/g, '""')}"`;
}

/** Plotly's text without its markup. */
export function plain(text) {
  const bare = String(text ?? "").replace(/<[^>]*>/g, " ").replace(/ +/g, " ").trim();
  return bare.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** CSV of a drawn figure: series, x, y, and what else its points have. Contours, which only lie behind, are left out. */
export function csv(traces, layout) {
  const drawn = traces.filter((trace) => trace.type !== "contour");
  const rows = drawn.flatMap((trace) => (SURFACES.has(trace.type) ? cells(trace, layout) : points(trace, layout)));
  const has = (name) => rows.some((row) => row[name] !== undefined);
  const more = ["value", "about", "x_low", "x_high", "y_low", "y_high"].filter(has);
  const names = ["x", "y"].map((letter) => plain(axis(drawn[0], letter, layout)?.title?.text) || letter);
  const head = ["series", ...names, ...more].map((name) => cell(name));
  const lines = rows.map((row) => ["series", "x", "y", ...more].map((name) => cell(row[name])).join(","));
  return [head.join(","), ...lines, ""].join("\n");
}

function axis(trace, letter, layout) {
  const name = trace?.[`${letter}axis`] ?? letter;
  return layout?.[`${letter}axis${name.slice(1)}`];
}

/** The words that stand at a place of an axis, or the place. */
function named(place, along) {
  const at = Array.from(along?.tickvals ?? []).indexOf(place);
  const said = at < 0 ? undefined : along.ticktext?.[at];
  return said === undefined ? (typeof place === "string" ? plain(place) : place) : plain(said);
}

function points(trace, layout) {
  const across = axis(trace, "x", layout);
  const up = axis(trace, "y", layout);
  const length = Math.min(trace.x?.length ?? 0, trace.y?.length ?? 0);
  return Array.from({ length }, (_, at) => {
    const row = { series: plain(trace.name), x: named(trace.x[at], across), y: named(trace.y[at], up) };
    const about = trace.customdata?.[at];
    if (typeof about === "string" && plain(about) !== row.x) row.about = plain(about);
    for (const letter of ["x", "y"]) {
      const error = trace[`error_${letter}`];
      if (!error?.visible || !error.array) continue;
      row[`${letter}_low`] = trace[letter][at] - (error.arrayminus ?? error.array)[at];
      row[`${letter}_high`] = trace[letter][at] + error.array[at];
    }
    return row;
  });
}

/** A heatmap: a line for each of its cells. */
function cells(trace, layout) {
  const across = axis(trace, "x", layout);
  const up = axis(trace, "y", layout);
  return Array.from(trace.z ?? []).flatMap((line, down) =>
    Array.from(line, (value, right) => ({
      series: plain(trace.name),
      x: named(trace.x?.[right] ?? right, across),
      y: named(trace.y?.[down] ?? down, up),
      value: value ?? NaN,
    })),
  );
}
