// @ts-check
// Chromium by its own protocol over a pipe: enough to open a page, run code in it, and take a heap snapshot.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FLAGS, PROGRAM } from "../../chromium.mjs";

export class Chromium {
  #profile = mkdtempSync(join(tmpdir(), "dcs-chromium-"));
  #child;
  #next = 1;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  /** @type {(method: string, params: any) => void} */
  onEvent = () => {};
  #session = "";

  constructor() {
    const own = ["--headless", "--remote-debugging-pipe", `--user-data-dir=${this.#profile}`];
    this.#child = spawn(PROGRAM, [...FLAGS, ...own, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    const output = /** @type {import("node:stream").Readable} */ (this.#child.stdio[4]);
    let text = "";
    output.setEncoding("utf8").on("data", (part) => {
      text += part;
      const messages = text.split("\0");
      text = String(messages.pop());
      for (const message of messages) this.#receive(JSON.parse(message));
    });
  }

  /** @param {any} message */
  #receive({ id, result, error, method, params }) {
    if (id === undefined) return this.onEvent(method, params);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @returns {Promise<any>}
   */
  send(method, params = {}) {
    const id = this.#next++;
    const sessionId = this.#session || undefined;
    const input = /** @type {import("node:stream").Writable} */ (this.#child.stdio[3]);
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Opens a page and waits until it says that it is ready. @param {string} url */
  async open(url) {
    const { targetId } = await this.send("Target.createTarget", { url });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    this.#session = sessionId;
    for (let tries = 0; tries < 400; tries++) {
      if (await this.evaluate("window.ready === true")) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`${url} is not ready`);
  }

  /** The value of an expression in the page, or of its promise. @param {string} expression */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "thrown");
    return result.value;
  }

  /** All of a heap snapshot, as text. */
  async heapSnapshot() {
    /** @type {string[]} */
    const chunks = [];
    this.onEvent = (method, params) => {
      if (method === "HeapProfiler.addHeapSnapshotChunk") chunks.push(params.chunk);
    };
    await this.send("HeapProfiler.enable");
    await this.send("HeapProfiler.takeHeapSnapshot", { captureNumericValue: true });
    return chunks.join("");
  }

  async close() {
    const exited = once(this.#child, "exit");
    this.#session = "";
    // Asked, not killed: its other processes write into the profile until they have ended too.
    await this.send("Browser.close");
    await exited;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
