// Asks for news of runs: often while they train, seldom while they wait, never when they are final or nobody looks.

const RUNNING = 350;
const WAITING = 700;
const PAUSED = 2000;
const LONGEST = 15000;
const TIMEOUT = 10000;
const AT_ONCE = 4;

export class Feed {
  constructor(listener) {
    this.listener = listener;
    this.cursors = new Map();
    this.states = new Map();
    this.done = new Set();
    this.lost = new Set();
    this.failures = 0;
    this.timer = 0;
    this.busy = false;
    this.stopped = false;
    this.shown = () => !document.hidden && this.wake();
    document.addEventListener("visibilitychange", this.shown);
    window.addEventListener("online", this.shown);
  }

  /** Follow these runs; what was learnt of others is forgotten, and a run that was lost is tried again. */
  watch(root, ids) {
    this.root = root;
    this.ids = ids;
    for (const id of this.lost) this.done.delete(id);
    this.lost.clear();
    for (const id of this.cursors.keys()) {
      if (!ids.includes(id)) {
        this.cursors.delete(id);
        this.states.delete(id);
        this.done.delete(id);
      }
    }
    this.wake();
  }

  wake() {
    if (!this.busy && !this.stopped) {
      clearTimeout(this.timer);
      clearInterval(this.countdown);
      this.round();
    }
  }

  async round() {
    this.busy = true;
    const wanted = this.ids.filter((id) => !this.done.has(id));
    let failure = null;
    const ask = async () => {
      while (wanted.length && !failure && !this.stopped) {
        failure = (await this.one(wanted.shift())) ?? failure;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    this.busy = false;
    if (this.stopped) return;
    if (failure) return this.retreat(failure);
    if (this.failures) this.listener.trouble(null);
    this.failures = 0;
    this.later();
  }

  /** Ask for one run; returns a sentence when the server could not answer. */
  async one(id) {
    const cursor = this.cursors.get(id) ?? "";
    try {
      const url = `${this.root}api/runs/${id}/live?cursor=${encodeURIComponent(cursor)}`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT), cache: "no-store" });
      const said = await answer.json();
      if (answer.status === 503) return said.error ?? "The database is away";
      if (!answer.ok) {
        this.done.add(id);
        this.lost.add(id);
        this.listener.lost(id, said.error ?? "This run cannot be shown");
        return null;
      }
      if (this.stopped || !this.ids.includes(id)) return null;
      this.cursors.set(id, said.cursor);
      this.states.set(id, said.run.state);
      if (said.run.final) this.done.add(id);
      this.listener.news(id, said);
      return null;
    } catch {
      return "The server is away";
    }
  }

  later() {
    const states = this.ids.filter((id) => !this.done.has(id)).map((id) => this.states.get(id));
    if (!states.length || document.hidden) return;
    const news = states.includes(undefined) ? 0 : PAUSED;
    const pause = states.includes("running") ? RUNNING : states.includes("queued") ? WAITING : news;
    this.timer = setTimeout(() => this.round(), pause);
  }

  /** Wait longer after each failure, and say so, second by second. */
  retreat(sentence) {
    this.failures += 1;
    let seconds = Math.min(LONGEST, 1000 * 2 ** (this.failures - 1)) / 1000;
    const short = sentence.replace(/\.\s*$/, "");
    const say = () => this.listener.trouble(`${short}: trying again in ${seconds} s. What is shown stays.`);
    say();
    this.countdown = setInterval(() => {
      seconds -= 1;
      if (seconds > 0) return say();
      clearInterval(this.countdown);
      return document.hidden ? undefined : this.round();
    }, 1000);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.countdown);
    document.removeEventListener("visibilitychange", this.shown);
    window.removeEventListener("online", this.shown);
  }
}
