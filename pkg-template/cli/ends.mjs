// @ts-check
// Every way in which the command can end: by itself, by a signal, because nobody reads what it prints, because it cannot
// be written, or by a fault of its own. A swap that has left runs on whatever happens here, so each way says so.

import { closeSync, openSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import { Interrupted, REFUSED, UNKNOWN } from "./exit.mjs";

/** @typedef {import("./swaps.mjs").Swaps} Swaps */
/** @typedef {import("./output.mjs").Output} Output */

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** Which of the standard streams were a terminal at the start; of one that is gone, `isatty` says no. */
const TERMINALS = [0, 1, 2].filter((fd) => isatty(fd));

export class Ends {
  #swaps;
  #stop = new AbortController();
  #finished = false;

  /** @param {Swaps} swaps */
  constructor(swaps) {
    this.#swaps = swaps;
    for (const signal of SIGNALS) process.on(signal, () => this.#interrupt(signal));
    for (const event of /** @type {const} */ (["uncaughtException", "unhandledRejection"]))
      process.on(event, (error) => this.#fault(error));
    // Nobody reads any longer, or the disk is full. That is no reason to stop following a swap; writes that fail are
    // looked at in the end.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
    process.on("exit", () => {
      if (this.#finished) return;
      this.#lastWords("the command ended early");
      process.exitCode = this.#code();
    });
  }

  /** Aborted by the first signal. */
  get signal() {
    return this.#stop.signal;
  }

  /**
   * The end, once everything is written.
   * @param {Output} output @param {number} code
   * @returns {Promise<number>}
   */
  async finish(output, code) {
    const unwritten = await output.written();
    this.#finished = true;
    detach();
    // Whoever closed the pipe has seen enough; a full disk loses what was asked for.
    if (!unwritten || unwritten.fault.code === "EPIPE") return code;
    const { fault, lost } = unwritten;
    say(
      `error: standard output cannot be written (${fault.code ?? fault.message}); it would have said:`,
    );
    lost.forEach(say);
    return code === 0 && !this.#swaps.any ? REFUSED : code;
  }

  /** @param {NodeJS.Signals} signal */
  #interrupt(signal) {
    if (!this.signal.aborted) return this.#stop.abort(new Interrupted(signal));
    // Told twice to stop: at once.
    this.#die(`interrupted by ${signal}`);
  }

  /** A mistake of this program. @param {unknown} error */
  #fault(error) {
    // Of a stream that nobody reads; the write that failed knows it too.
    if (/** @type {NodeJS.ErrnoException} */ (error)?.code === "EPIPE") return;
    this.#die(`fault: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }

  /** @param {string} why */
  #die(why) {
    this.#finished = true;
    this.#lastWords(why);
    detach();
    process.exit(this.#code());
  }

  #code() {
    return this.#swaps.inDoubt.length > 0 ? UNKNOWN : REFUSED;
  }

  /** @param {string} why */
  #lastWords(why) {
    say(why);
    for (const id of this.#swaps.inDoubt)
      say(
        `${id}: unknown: its swap may have run, or may still run; read the roles before doing anything else`,
      );
  }
}

/**
 * Lets go of terminals that are gone: Node sets it back to what it was when it ends, and aborts where that fails, so that
 * the exit code would be lost.
 */
function detach() {
  for (const fd of TERMINALS) {
    if (isatty(fd)) continue;
    try {
      closeSync(fd);
      // Takes the number that has become free.
      openSync("/dev/null", "r+");
    } catch {
      // Then it is closed, which does as well.
    }
  }
}

/** Writes at once, to whoever still listens. @param {string} line */
function say(line) {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Nobody does; the exit code tells.
  }
}
