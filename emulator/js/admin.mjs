// @ts-check
// The one client of the emulator's admin addresses, for Node, Deno, Bun and pages: it imports nothing.

/** @typedef {import("../../pkg-template/emulator.js").Admin} Admin */
/** @typedef {import("../../pkg-template/emulator.js").Config} Config */
/** @typedef {import("../../pkg-template/emulator.js").Counters} Counters */
/** @typedef {import("../../pkg-template/emulator.js").Fault} Fault */
/** @typedef {import("../../pkg-template/emulator.js").Key} Key */
/** @typedef {import("../../pkg-template/emulator.js").Match} Match */
/** @typedef {import("../../pkg-template/emulator.js").NewInstance} NewInstance */
/** @typedef {import("../../pkg-template/emulator.js").NewTask} NewTask */
/** @typedef {import("../../pkg-template/emulator.js").Seen} Seen */
/** @typedef {import("../../pkg-template/emulator.js").Settings} Settings */
/** @typedef {import("../../pkg-template/emulator.js").State} State */
/** @typedef {import("../../pkg-template/emulator.js").Truth} Truth */

/** How often it is looked whether jobs have ended, and the pause between, in milliseconds. */
const LOOKS = 40;
const PAUSE_MS = 25;

/** The id of the n-th instance that an emulator starts with, counted from one. @param {number} n */
export const instanceId = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** @param {number} bytes */
function randomHex(bytes) {
  const values = globalThis.crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(values, (value) => value.toString(16).padStart(2, "0")).join("");
}

/** An access key id that nobody else has. */
export const newAccessKeyId = () => `TEST${randomHex(8).toUpperCase()}`;

/** @implements {Admin} */
export class Emulator {
  #fetch;

  /**
   * @param {string | undefined} url
   * @param {(input: string, init: RequestInit) => Promise<Response>} [send] The `fetch` of the moment unless given.
   */
  constructor(url, send = (input, init) => fetch(input, init)) {
    if (!url) throw new Error("url must be given: the address of an emulator");
    this.url = url.replace(/\/$/, "");
    this.#fetch = send;
  }

  /**
   * @param {string} method
   * @param {string} path after `/_emulator/`
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async ask(method, path, body) {
    const response = await this.#fetch(`${this.url}/_emulator/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the emulator answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /** @returns {Promise<Config>} */
  config() {
    return this.ask("GET", "config");
  }

  /**
   * What is true.
   * @param {number} [requests] entries of the log, the last ones
   * @param {number} [jobs] jobs of each instance, the last ones
   * @returns {Promise<State>}
   */
  state(requests = 0, jobs = 10) {
    return this.ask("GET", `state?requests=${requests}&jobs=${jobs}`);
  }

  reset() {
    return this.ask("POST", "reset");
  }

  /**
   * Registers an access key.
   * @param {Key & { readOnly?: boolean, denied?: string[], expiresInMs?: number }} key
   * @returns {Promise<Key>}
   */
  async register(key) {
    await this.ask("POST", "credentials", key);
    const { ak, sk, securityToken } = key;
    return securityToken === undefined ? { ak, sk } : { ak, sk, securityToken };
  }

  /** Registers a token for X-Auth-Token. */
  async newToken() {
    const token = `token-${randomHex(16)}`;
    await this.ask("POST", "credentials", { token });
    return token;
  }

  /** Unlocks every access key. */
  unlock() {
    return this.ask("POST", "lock", {});
  }

  /**
   * Denies operations to everyone, and allows all others.
   * @param {string[]} operations
   */
  deny(operations) {
    return this.ask("POST", "permissions", { denied: operations });
  }

  /** @param {NewInstance} [wanted] @returns {Promise<string>} its id */
  async newInstance(wanted = {}) {
    return (await this.ask("POST", "instances", wanted)).instance_id;
  }

  /** @param {string} id @param {Partial<Settings>} settings @returns {Promise<Settings>} */
  change(id, settings) {
    return this.ask("POST", `instances/${id}`, settings);
  }

  /** @param {string} id @param {{ az_code?: string }} [node] */
  addNode(id, node = {}) {
    return this.ask("POST", `instances/${id}/nodes`, node);
  }

  /** @param {string} id @param {NewTask} task */
  addTask(id, task) {
    return this.ask("POST", `instances/${id}/tasks`, task);
  }

  /** Lets somebody else swap. @param {string} id @param {{ after_ms?: number, job_ms?: number }} [how] */
  somebodySwaps(id, how = {}) {
    return this.ask("POST", `instances/${id}/swap`, how);
  }

  /**
   * @param {Match} match
   * @param {Fault} fault
   * @param {{ times?: number, skip?: number }} [more]
   */
  arm(match, fault, more = {}) {
    return this.ask("POST", "faults", { match, fault, ...more });
  }

  disarm() {
    return this.ask("DELETE", "faults");
  }

  /** @param {number} offsetMs */
  setClock(offsetMs) {
    return this.ask("POST", "faults", { fault: { kind: "clock", offset_ms: offsetMs } });
  }

  /** @param {{ id: string, name: string }[] | null} projects */
  setProjects(projects) {
    return this.ask("POST", "projects", { projects });
  }

  /** @param {{ mode?: string, expires_in_ms?: number, fresh?: boolean }} metadata */
  setMetadata(metadata) {
    return this.ask("POST", "metadata", metadata);
  }

  /**
   * What IAM, STS and pod identity accept and give.
   * @param {{ idp_id?: string, audience?: string, provider_urn?: string, agency_urn?: string, expires_in_ms?: number }} identity
   */
  setIdentity(identity) {
    return this.ask("POST", "identity", identity);
  }

  /**
   * An identity token, as a cluster or a CI service gives it.
   * @param {{ audience?: string, subject?: string, expires_in_ms?: number }} [wanted]
   * @returns {Promise<string>}
   */
  async newIdToken(wanted = {}) {
    return (await this.ask("POST", "id-tokens", wanted)).id_token;
  }

  /** The truth about an instance, once its jobs are over: a swap that is answered may not yet have run. @param {string} id */
  async truth(id) {
    for (let looks = 1; ; looks++) {
      const truth = (await this.state(0, 100)).instances[id];
      if (!truth) throw new Error(`the emulator has no instance ${id}`);
      // A job that never ends is a fault of its own.
      if (looks >= LOOKS || truth.jobs.every((job) => job.end_time)) return truth;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** What came of the swaps of an instance, once its jobs are over. @param {string} id @returns {Promise<Counters>} */
  async counters(id) {
    return (await this.truth(id)).counters;
  }

  /** The node id of the master, once the jobs are over. @param {string} id */
  async master(id) {
    const node = (await this.truth(id)).nodes.find(({ role }) => role === "master");
    if (!node) throw new Error(`the instance ${id} has no master`);
    return node.node_id;
  }

  /** How many swaps of any instance have run, once their jobs are over. */
  async swapsRun() {
    const ids = Object.keys((await this.state()).instances);
    const all = await Promise.all(ids.map((id) => this.counters(id)));
    return all.reduce((sum, { swaps_run }) => sum + swaps_run, 0);
  }

  /** How often an operation arrived, from anyone. @param {string} operation */
  async asked(operation) {
    return (await this.state()).counters.operations[operation] ?? 0;
  }

  /** What arrived with an access key, oldest first. @param {string} accessKey */
  async requestsOf(accessKey) {
    return (await this.state(1000)).requests.filter(({ access_key }) => access_key === accessKey);
  }

  /** What arrived about an instance, oldest first. @param {string} id */
  async requestsFor(id) {
    return (await this.state(1000)).requests.filter(({ instance_id }) => instance_id === id);
  }
}
