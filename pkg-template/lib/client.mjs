// @ts-check
// The default entry: the client, over the wasm module's.

import * as glue from "#glue";
import { complete } from "./environment.mjs";
import { init, isLoaded, loadSync } from "./load.mjs";
import { invalidArgument as invalid, own, readable } from "../../src/js/errors.js";

export * from "./sign.mjs";
export { init, loadFrom } from "./load.mjs";
export { sendSwapsWith } from "../../src/js/client/request.js";

/**
 * Options with what the environment adds. A browser is asked for nothing.
 * @type {(options: any) => any}
 */
let completed = (options) => options;

/**
 * Has options completed from variables, and credentials from the chain. For the entry points of Node, Deno and Bun.
 * @param {() => Promise<unknown>} chain
 */
export function completeFrom(chain) {
  completed = (options) => complete(options, chain);
}

/**
 * Options are read when the client is made, as far as they can be.
 * @param {unknown} options
 */
function copied(options) {
  try {
    return options !== null && typeof options === "object" ? { ...options } : options;
  } catch {
    return options; // unreadable: the wasm module says so
  }
}

/**
 * @param {unknown} ids
 * @returns {string[]}
 */
function listOf(ids) {
  let list;
  try {
    list = Array.isArray(ids) ? [...ids] : undefined;
  } catch (error) {
    throw readable(error, "instanceIds");
  }
  if (!list) throw invalid("instanceIds", "must be a list of ids");
  if (new Set(list).size !== list.length) throw invalid("instanceIds", "has an id twice");
  return list;
}

/**
 * Whether a signal says so; one that cannot be asked is refused with the next call.
 * @param {any} signal
 */
function isAborted(signal) {
  try {
    return signal?.aborted === true;
  } catch {
    return false;
  }
}

/** Loads the module where it can be loaded at once. */
function tryLoad() {
  if (!isLoaded()) {
    try {
      loadSync();
    } catch {
      // Then the first call waits for it.
    }
  }
  return isLoaded();
}

/**
 * Set by the class, whose clients are its own.
 * @type {(client: DcsClient, operation: string, options: unknown) => Promise<any>}
 */
let callOperation;

export class DcsClient {
  /** @type {glue.Client | undefined} */
  #client;
  /** @type {unknown} */
  #options;
  #freed = false;

  /** @param {import("../index.js").ClientOptions} [options] */
  constructor(options) {
    const all = completed(options);
    if (tryLoad()) this.#client = new glue.Client(all);
    else this.#options = copied(all);
  }

  static {
    callOperation = (client, operation, options) =>
      client.#with((inner) => inner.call(operation, options));
  }

  /**
   * @template T
   * @param {(client: glue.Client) => T} use
   * @returns {Promise<Awaited<T>>}
   */
  async #with(use) {
    if (!this.#client) {
      await init();
      if (!this.#freed) this.#client ??= new glue.Client(this.#options);
      this.#options = undefined;
    }
    if (this.#freed || !this.#client) throw invalid("client", "has been freed");
    return await use(this.#client);
  }

  /** @param {import("../index.js").SwitchoverOptions} options */
  switchover(options) {
    return this.#with((client) => client.switchover(options));
  }

  /**
   * @param {string} jobId
   * @param {import("../index.js").FollowJobOptions} [options]
   */
  async *followJob(jobId, options) {
    const follow = await this.#with((client) => client.follow({ ...own(options), jobId }));
    try {
      for (let job; (job = await follow.next()) !== undefined;) yield job;
    } finally {
      follow.free();
    }
  }

  /** @param {import("../index.js").ListInstancesOptions} [options] */
  async *iterateInstances(options) {
    const { offset: start = 0, ...others } = own(options);
    let offset = start;
    for (let total = Infinity; offset < total;) {
      const page = await this.#with((client) =>
        client.call("listInstances", { ...others, offset }),
      );
      yield* page.instances;
      offset += page.instances.length;
      // A page without items is the end, whatever the total says.
      total = page.instances.length === 0 ? 0 : page.instance_num;
    }
  }

  /**
   * @param {string[]} instanceIds
   * @param {import("../index.js").SwitchoverAllOptions} [options]
   */
  async switchoverAll(instanceIds, options) {
    const ids = listOf(instanceIds);
    const { concurrency = 4, stopOnFailure = false, ...others } = own(options);
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 32) {
      throw invalid("concurrency", "must be a whole number from 1 to 32");
    }
    if (typeof stopOnFailure !== "boolean") throw invalid("stopOnFailure", "must be true or false");
    /** @type {import("../index.js").SwitchoverAllResult[]} */
    const results = ids.map((instanceId) => ({ instanceId, state: "skipped" }));
    let next = 0;
    let stop = false;
    const worker = async () => {
      while (next < results.length && !stop && !isAborted(others.signal)) {
        const result = /** @type {import("../index.js").SwitchoverAllResult} */ (results[next++]);
        try {
          result.report = await this.switchover({ ...others, instanceId: result.instanceId });
          result.state = "fulfilled";
        } catch (error) {
          result.state = "rejected";
          result.error = error;
          const { report } = /** @type {{ report?: import("../index.js").SwitchoverReport }} */ (
            error ?? {}
          );
          if (report) result.report = report;
          stop ||= stopOnFailure;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, results.length) }, worker));
    return results;
  }

  free() {
    this.#freed = true;
    this.#options = undefined;
    this.#client?.free();
    this.#client = undefined;
  }
}

// The operations of src/operation: the build fills in their names.
for (const operation of __OPERATIONS__) {
  Object.defineProperty(DcsClient.prototype, operation, {
    configurable: true,
    writable: true,
    /**
     * @this {DcsClient}
     * @param {unknown} options
     */
    value(options) {
      return callOperation(this, operation, options);
    },
  });
}

// The bundle shortens names; a printed client should still say what it is.
Object.defineProperty(DcsClient, "name", { value: "DcsClient", configurable: true });

if (Symbol.dispose) {
  Object.defineProperty(DcsClient.prototype, Symbol.dispose, {
    configurable: true,
    writable: true,
    value: DcsClient.prototype.free,
  });
}

/** @param {import("../index.js").InstanceOptions} options */
export async function changeMasterStandbyAsync(options) {
  const all = completed(options);
  await init();
  return glue.changeMasterStandbyAsync(all);
}

/** @returns {import("../signer.js").RegionInfo[]} */
export function regions() {
  loadSync();
  return glue.regions();
}
