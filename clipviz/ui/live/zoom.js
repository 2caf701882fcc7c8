// The range of steps that all panels show together; null means all of them.

const SETTLE = 160;

export class Zoom {
  constructor(changed) {
    this.range = null;
    this.changed = changed;
  }

  is(range) {
    return this.range === range;
  }

  set(range) {
    const same = range?.lo === this.range?.lo && range?.hi === this.range?.hi;
    if (same) return;
    this.range = range;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed(this.range), range ? SETTLE : 0);
  }

  /** What Plotly said after a drag, a wheel or a double click. */
  heard(change) {
    const lo = change["xaxis.range[0]"] ?? change["xaxis.range"]?.[0];
    const hi = change["xaxis.range[1]"] ?? change["xaxis.range"]?.[1];
    if (lo !== undefined && hi !== undefined) {
      const first = Math.max(0, Math.floor(lo));
      this.set({ lo: first, hi: Math.max(first + 1, Math.ceil(hi)) });
    } else if (change["xaxis.autorange"]) {
      this.set(null);
    }
  }
}
