// @ts-check
// What is printed: results on standard output, progress and errors on standard error; or one JSON value.

import { DcsError } from "huaweicloud-dcs";

/** @typedef {import("huaweicloud-dcs").DcsEvent} DcsEvent */

const SPINNER = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"];

/** What a phase is about, in words. @type {Record<string, string>} */
const PHASES = {
  check: "reading the instance and its roles",
  swap: "sending the swap",
  follow: "following the job",
  verify: "reading the roles again",
  find_out: "the answer was lost: finding out by reading the roles",
};

export class Output {
  #json;
  #tty = process.stderr.isTTY === true;
  #doing = "";
  #start = performance.now();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {boolean} json */
  constructor(json) {
    this.#json = json;
  }

  /** A text for people, whatever else was asked for. @param {string} text */
  text(text) {
    console.log(text);
    return 0;
  }

  /**
   * The result: lines for people, or the value.
   * @param {unknown} value @param {string[]} lines
   */
  result(value, lines) {
    this.end();
    if (this.#json) console.log(JSON.stringify(value, null, 2));
    else for (const line of lines) console.log(line);
  }

  /** A line about what is under way. @param {string} line */
  progress(line) {
    if (this.#json) return;
    this.#clear();
    console.error(line);
  }

  /** Tells of an event of the client. @param {DcsEvent} event @param {string} [of] */
  event(event, of = "") {
    const seconds = "elapsedMs" in event ? ` ${(event.elapsedMs / 1000).toFixed(1)} s` : "";
    if (event.type === "phase" && PHASES[event.phase]) {
      this.#begin(`${of}${PHASES[event.phase]}`, seconds);
    } else if (event.type === "job") {
      this.#begin(`${of}job ${event.job.status}`, seconds);
    } else if (event.type === "retry") {
      this.progress(`${of}${event.operation} again in ${event.delayMs} ms: ${event.reason}`);
    }
  }

  /** What is being done from now on: a line that moves on a terminal, else a line. @param {string} doing @param {string} seconds */
  #begin(doing, seconds) {
    if (doing === this.#doing) return;
    this.#doing = doing;
    if (!this.#tty || this.#json) return this.progress(doing + seconds);
    let turn = 0;
    this.#timer ??= setInterval(() => {
      const elapsed = ((performance.now() - this.#start) / 1000).toFixed(1);
      const mark = SPINNER[turn++ % SPINNER.length];
      process.stderr.write(`\r\u001b[K${mark} ${this.#doing} ${elapsed} s`);
    }, 100);
  }

  #clear() {
    if (this.#timer) process.stderr.write("\r\u001b[K");
  }

  /** An error, with what it means for the swap. @param {unknown} error */
  error(error) {
    this.end();
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const known = error instanceof DcsError;
    const { report } = /** @type {{ report?: import("huaweicloud-dcs").SwitchoverReport }} */ (
      error
    );
    if (this.#json) {
      const {
        report: _,
        cause: __,
        ...fields
      } = /** @type {Record<string, unknown>} */ (known ? { ...error } : {});
      const shown = { name, message, ...fields };
      console.log(JSON.stringify({ error: shown, ...(report && { report }) }, null, 2));
      return;
    }
    const outcome = known && error.outcome ? ` (the request for the swap: ${error.outcome})` : "";
    console.error(`${name === "Error" ? "error" : name}: ${message}${outcome}`);
    // What each provider of the chain says; providers of the package tell no secret.
    if (known && error.name === "CredentialsError" && error.cause instanceof Error) {
      console.error(error.cause.message);
    }
    if (known && error.name === "InvalidArgumentError")
      console.error("huaweicloud-dcs --help tells more");
  }

  /** Nothing is under way any longer. */
  end() {
    this.#clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#doing = "";
  }
}
