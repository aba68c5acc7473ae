// @ts-check
// What is under way: lines that are redrawn on a terminal, else a line for each step.

import { cut, harmless } from "./style.mjs";

const SPINNER = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"];

/** What a phase is about, in words. @type {Record<string, string>} */
const PHASES = {
  check: "reading the instance and its roles",
  swap: "sending the swap",
  follow: "following the job",
  verify: "reading the roles again",
  find_out: "the answer was lost: finding out by reading the roles",
};

/** @typedef {{ label: string, doing: string, since: number }} Task */

export class Progress {
  #stream;
  #live;
  #shown;
  /** @type {Map<string, Task>} */
  #tasks = new Map();
  /** Of a fleet: how many there are, and how many have ended. */
  #total = 0;
  #ended = 0;
  #drawn = 0;
  #turn = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {NodeJS.WriteStream} stream @param {boolean} shown */
  constructor(stream, shown) {
    this.#stream = stream;
    this.#shown = shown;
    this.#live = shown && stream.isTTY === true && process.env.TERM !== "dumb";
  }

  /** Several instances are worked on from now on. @param {number} total */
  fleet(total) {
    this.#total = total;
    this.#ended = 0;
  }

  /** One of them has ended. @param {string} key @param {string} line @param {boolean} told Whether the line is printed on a terminal too. */
  ended(key, line, told) {
    this.#tasks.delete(key);
    this.#ended += 1;
    if (told || !this.#live) this.line(`${this.#ended}/${this.#total} ${line}`);
    else this.#draw();
  }

  /**
   * Tells of an event of the client.
   * @param {import("huaweicloud-dcs").DcsEvent} event @param {string} label What it is about; empty for the only one.
   */
  event(event, label) {
    const of = label && `${label}: `;
    if (event.type === "phase" && PHASES[event.phase])
      this.#step(event.instanceId, label, PHASES[event.phase] ?? "", event.elapsedMs);
    else if (event.type === "job")
      this.#step(event.instanceId, label, `job ${event.job.status}`, event.elapsedMs);
    else if (event.type === "retry")
      this.line(`${of}${event.operation} again in ${event.delayMs} ms: ${event.reason}`);
  }

  /** A line that stays. @param {string} line */
  line(line) {
    if (!this.#shown) return;
    this.#clear();
    this.#stream.write(`${harmless(line)}\n`);
  }

  /** Nothing is under way any longer. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#tasks.clear();
    this.#clear();
  }

  /** @param {string} key @param {string} label @param {string} doing @param {number} elapsedMs */
  #step(key, label, doing, elapsedMs) {
    const task = this.#tasks.get(key);
    if (task?.doing === doing) return;
    const since = task?.since ?? performance.now() - elapsedMs;
    this.#tasks.set(key, { label, doing, since });
    if (!this.#live) return this.line(this.#told({ label, doing, since }));
    this.#timer ??= setInterval(() => {
      this.#turn += 1;
      this.#draw();
    }, 100);
    // The timer keeps no process alive that has nothing else to do.
    this.#timer.unref();
    this.#draw();
  }

  /** @param {Task} task */
  #told({ label, doing, since }) {
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    return `${label && `${label}: `}${doing} ${seconds} s`;
  }

  #draw() {
    if (!this.#live) return;
    const { columns = 80, rows = 24 } = this.#stream;
    const mark = SPINNER[this.#turn % SPINNER.length];
    const lines = [...this.#tasks.values()].map((task) => `${mark} ${this.#told(task)}`);
    if (this.#total > 1) lines.unshift(`${this.#ended}/${this.#total} ended`);
    // More than fits cannot be redrawn.
    const fitting = lines.slice(0, Math.max(1, rows - 1));
    const drawn = fitting.map((line) => `\u001b[K${cut(harmless(line), columns - 1)}`);
    const up = this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : "";
    this.#stream.write(`\r${up}${drawn.join("\n")}\u001b[J`);
    this.#drawn = drawn.length;
  }

  #clear() {
    if (this.#drawn === 0) return;
    const up = this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : "";
    this.#stream.write(`\r${up}\u001b[J`);
    this.#drawn = 0;
  }
}
