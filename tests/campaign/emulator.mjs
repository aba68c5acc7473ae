// @ts-check
// The emulator's admin addresses, for Node and for pages.

/** @typedef {{ node_id: string, role: "master" | "slave", address?: string }} TrueNode */
/** @typedef {{ job_id: string, status: string, begin_time: string, end_time?: string }} TrueJob */

/**
 * The truth about one instance.
 * @typedef {object} Truth
 * @property {TrueNode[]} nodes
 * @property {{ swap_requests: number, swaps_run: number, swaps_refused: number }} counters
 * @property {TrueJob[]} jobs
 */

/**
 * A request as the emulator saw it.
 * @typedef {object} Seen
 * @property {number} seq
 * @property {number} time
 * @property {string | null} operation
 * @property {number} status
 * @property {string} outcome
 * @property {string | null} fault
 * @property {string | null} access_key
 */

/** @typedef {{ instances: Record<string, Truth>, requests: Seen[], counters: { requests: number } }} State */

export class Emulator {
  /** @param {string} url */
  constructor(url) {
    this.url = url.replace(/\/$/, "");
  }

  /**
   * @param {string} method @param {string} path @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async ask(method, path, body) {
    const answer = await fetch(`${this.url}/_emulator/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the emulator answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }

  config() {
    return this.ask("GET", "config");
  }

  /**
   * @param {number} [requests]
   * @returns {Promise<State>}
   */
  state(requests = 0) {
    return this.ask("GET", `state?requests=${requests}&jobs=10`);
  }
}
