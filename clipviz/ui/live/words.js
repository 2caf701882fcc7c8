// Numbers and user text as people read them.

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const count = (value) => grouped.format(value);

export function duration(seconds) {
  if (seconds < 1) return "less than 1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export const percent = (share) => `${share > 0 && share < 0.0995 ? (100 * share).toPrecision(2) : Math.round(100 * share)} %`;

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Text without control and direction characters, cut to a length. */
export function plain(text, limit = 80) {
  const kept = String(text).replace(UNSEEN, " ");
  return kept.length > limit ? `${kept.slice(0, limit - 1)}…` : kept;
}

/** The same for Plotly, which reads <b>, <a> and entities. */
export function literal(text, limit = 80) {
  return plain(text, limit).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
