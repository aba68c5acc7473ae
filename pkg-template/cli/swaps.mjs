// @ts-check
// What is known of every swap that this process has begun, so that whatever ends it can say the truth.

/** @typedef {import("huaweicloud-dcs").DcsEvent} DcsEvent */

export class Swaps {
  /** Instances whose swap may have left, and of which it is not known what became of it. */
  #open = new Set();
  /** Whether any swap was begun. */
  any = false;
  /** The last report of each instance; an abort brings none of its own. @type {Map<string, import("huaweicloud-dcs").SwitchoverReport>} */
  #reports = new Map();

  /** The instances that are in doubt. @returns {string[]} */
  get inDoubt() {
    return [...this.#open];
  }

  /** @param {string} instanceId */
  report(instanceId) {
    return this.#reports.get(instanceId);
  }

  /** From here on the request may leave. @param {string} instanceId */
  leaves(instanceId) {
    this.any = true;
    this.#open.add(instanceId);
  }

  /** It is known what became of it. @param {string} instanceId */
  settled(instanceId) {
    this.#open.delete(instanceId);
  }

  /** Learns from the events of a switchover. @param {DcsEvent} event */
  event(event) {
    if (event.type === "phase" && event.phase === "swap") this.leaves(event.instanceId);
    if (event.type !== "report") return;
    this.#reports.set(event.instanceId, event.report);
    if (event.report.result === "unknown") this.leaves(event.instanceId);
    else this.settled(event.instanceId);
  }
}
