// What this browser knows of one run: the points of each series, kept in the order of steps.

export class History {
  constructor(id) {
    this.id = id;
    this.streams = new Map();
    this.strides = new Map();
    this.events = new Map();
    this.marks = [];
    this.run = null;
    this.windows = null;
    this.last = 0;
  }

  get measured() {
    return this.streams.size > 0;
  }

  /** True when points stand for more than one step each, so that a zoom has more to show. */
  get thinned() {
    return [...this.strides.values()].some((stride) => stride > 1);
  }

  /** Take in a delta; true when there is something new to draw. */
  apply(delta) {
    if (delta.reset) {
      this.streams.clear();
      this.marks = [];
      this.last = 0;
    }
    this.run = delta.run;
    for (const [stream, news] of Object.entries(delta.streams)) {
      const held = this.streams.get(stream) ?? new Map();
      this.streams.set(stream, held);
      this.strides.set(stream, news.stride);
      for (const series of held.values()) cut(series, news.from);
      for (const [name, [x, y]] of Object.entries(news.series)) {
        const series = held.get(name) ?? { x: [], y: [] };
        held.set(name, series);
        this.last = Math.max(this.last, x[x.length - 1]);
        for (let at = 0; at < x.length; at += 1) {
          series.x.push(x[at]);
          series.y.push(y[at]);
        }
      }
    }
    for (const event of delta.events) this.events.set(event.key, event);
    this.marks.push(...delta.marks);
    return delta.reset || delta.marks.length > 0 || Object.keys(delta.streams).length > 0;
  }

  /** Every step of a window, to be drawn instead of the thinned points inside it. */
  detail(found) {
    this.windows = found;
  }

  forget() {
    this.windows = null;
  }

  /** The points of a series, as new arrays: {x, y}. */
  points(stream, name) {
    const held = this.streams.get(stream)?.get(name);
    if (!held) return { x: [], y: [] };
    const fine = this.windows?.streams[stream]?.series[name];
    if (!fine || !fine[0].length) return { x: held.x.slice(), y: held.y.slice() };
    const [lo, hi] = [fine[0][0], fine[0][fine[0].length - 1]];
    const before = firstAt(held.x, lo);
    const after = firstAt(held.x, hi + 1);
    return {
      x: [...held.x.slice(0, before), ...fine[0], ...held.x.slice(after)],
      y: [...held.y.slice(0, before), ...fine[1], ...held.y.slice(after)],
    };
  }
}

function cut(series, from) {
  const keep = firstAt(series.x, from);
  series.x.length = keep;
  series.y.length = keep;
}

/** Position of the first step at or after `step` in ascending steps. */
export function firstAt(steps, step) {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
