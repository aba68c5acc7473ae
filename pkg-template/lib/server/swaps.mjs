// @ts-check
// One swap of an instance at a time: two cancel out. An instance is held from before its swap leaves until that has
// ended: by its answer, if it was refused; by its job, if it was accepted.

import { refuse } from "./answer.mjs";
import { DOUBT_MS } from "./limits.mjs";

/** @typedef {ReturnType<typeof import("./store.mjs").guarded>} Store */

/** Milliseconds for which the job of a swap is remembered. */
const JOB_MS = 60 * 60 * 1000;

export class Swaps {
  #store;
  #holdMs;
  #pauseMs;

  /**
   * @param {Store} store
   * @param {{ holdMs: number, pauseMs: number }} times For which an instance is held when the process that holds it dies;
   *   and after a swap was accepted, however short its job.
   */
  constructor(store, { holdMs, pauseMs }) {
    this.#store = store;
    this.#holdMs = holdMs;
    this.#pauseMs = pauseMs;
  }

  /**
   * Holds an instance; refuses when it is held, or when the job of its last swap is under way.
   * @param {string} instance
   * @param {(jobId: string) => Promise<boolean | undefined>} isOver Whether a job has ended, if that can be read.
   */
  async hold(instance, isOver) {
    if (!(await this.#store.claim(`swap/${instance}`, {}, this.#holdMs))) throw underWay();
    try {
      const last = await this.#store.read(`job/${instance}`);
      if (last === undefined) return;
      const over = (await isOver(last.jobId)) ?? Date.now() - last.at > DOUBT_MS;
      if (!over) throw underWay();
    } catch (error) {
      await this.#store.remove(`swap/${instance}`);
      throw error;
    }
  }

  /**
   * Lets it go, at once or when its swap has certainly ended.
   * @param {string} instance
   * @param {string} outcome
   * @param {string} [jobId]
   */
  async release(instance, outcome, jobId) {
    const name = `swap/${instance}`;
    const ran = outcome === "accepted" || outcome === "unknown";
    if (jobId !== undefined)
      await this.#store.write(`job/${instance}`, { jobId, at: Date.now() }, JOB_MS);
    const ms = jobId === undefined ? DOUBT_MS : this.#pauseMs;
    if (ran && ms > 0) await this.#store.write(name, {}, ms);
    else await this.#store.remove(name);
  }
}

const underWay = () =>
  refuse(409, "PROXY_SWAP_UNDER_WAY", "a swap of this instance is under way: two cancel out");
