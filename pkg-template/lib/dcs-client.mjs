// @ts-check
// The client, over the wasm module's.

import * as glue from "#glue";
import { init, isLoaded, loadSync } from "./load.mjs";
import { invalidArgument as invalid, own, readable } from "../../src/js/errors.js";

/**
 * Options with what the environment adds, or a promise of them where a file has to be read. A browser is asked for nothing.
 * @type {(options: any) => { options?: any, pending?: Promise<any> }}
 */
export let completed = (options) => ({ options });

/**
 * Has options completed. For the entries of Node, Deno and Bun.
 * @param {typeof completed} complete
 */
export function completeWith(complete) {
  completed = complete;
}

/**
 * Options are read when the client is made, as far as they can be.
 * @param {unknown} options
 */
function copied(options) {
  try {
    return options !== null && typeof options === "object" ? own(options) : options;
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
  // The service takes ids in either case: one swapped twice is where it was.
  const lower = list.map((id) => (typeof id === "string" ? id.toLowerCase() : id));
  if (new Set(lower).size !== list.length) throw invalid("instanceIds", "has an id twice");
  return list;
}

/**
 * A member of an object; undefined when it cannot be read, which the next call then refuses.
 * @param {any} object
 * @param {string} name
 */
function memberOf(object, name) {
  try {
    return object?.[name];
  } catch {
    return undefined;
  }
}

/**
 * The options of a call for a region of its own, with the endpoint that the environment has for that one and not for the
 * client's.
 * @param {unknown} options
 */
async function withEndpointOf(options) {
  const given = own(options);
  if (given.endpoint == null && given.server == null) {
    const { options: found, pending } = completed({ region: given.region, credentials: {} });
    const { endpoint, iamEndpoint } = (await pending) ?? found;
    given.endpoint = endpoint ?? null;
    given.iamEndpoint ??= iamEndpoint;
  }
  return given;
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
  /** @type {Promise<unknown> | undefined} */
  #pending;
  /** @type {unknown} Of the client; `switchoverAll` listens as well. */
  #onEvent;
  #freed = false;
  /** Whether the caller has said where it goes: the environment adds nothing to that. */
  #hasEndpoint;

  /** @param {import("../index.js").ClientOptions} [options] */
  constructor(options) {
    const { options: all, pending } = completed(options);
    this.#onEvent = memberOf(options, "onEvent");
    this.#hasEndpoint = ["endpoint", "via", "server"].some(
      (name) => memberOf(options, name) != null,
    );
    if (pending) this.#pending = pending;
    else if (tryLoad()) this.#client = new glue.Client(all);
    else this.#options = copied(all);
  }

  static {
    callOperation = (client, operation, options) =>
      client.#run(options, (inner, all) => inner.call(operation, all));
  }

  /**
   * @template T
   * @param {(client: glue.Client) => T} use
   * @returns {Promise<Awaited<T>>}
   */
  async #with(use) {
    if (!this.#client) {
      await init();
      const options = this.#pending ? await this.#pending : this.#options;
      if (!this.#freed) this.#client ??= new glue.Client(options);
      this.#options = this.#pending = undefined;
    }
    if (this.#freed || !this.#client) throw invalid("client", "has been freed");
    return await use(this.#client);
  }

  /**
   * @template T
   * @param {unknown} options
   * @param {(client: glue.Client, options: unknown) => T} use
   * @returns {Promise<Awaited<T>>}
   */
  async #run(options, use) {
    const isElsewhere = !this.#hasEndpoint && memberOf(options, "region") != null;
    const all = isElsewhere ? await withEndpointOf(options) : options;
    return await this.#with((client) => use(client, all));
  }

  /** @param {import("../index.js").CheckSwitchoverOptions} options */
  checkSwitchover(options) {
    return this.#run(options, (client, all) => client.checkSwitchover(all));
  }

  /** @param {import("../index.js").SwitchoverOptions} options */
  switchover(options) {
    return this.#run(options, (client, all) => client.switchover(all));
  }

  /**
   * @param {import("../index.js").SwitchoverRecord} record
   * @param {import("../index.js").ResumeSwitchoverOptions} [options]
   */
  resumeSwitchover(record, options) {
    return this.#run(options, (client, all) => client.resumeSwitchover(record, all));
  }

  /**
   * @param {string} jobId
   * @param {import("../index.js").FollowJobOptions} [options]
   */
  async *followJob(jobId, options) {
    const given = { ...own(options), jobId };
    const follow = await this.#run(given, (client, all) => client.follow(all));
    try {
      for (let job; (job = await follow.next()) !== undefined;) yield job;
    } finally {
      follow.free();
    }
  }

  /** @param {import("../index.js").ListInstancesOptions} [options] */
  async *iterateInstances(options) {
    const { offset: start = 0, limit = 1000, ...others } = own(options);
    let offset = start;
    let total;
    do {
      // The first call also refuses an offset that is none.
      const page = await callOperation(this, "listInstances", { ...others, limit, offset });
      yield* page.instances;
      offset += page.instances.length;
      // A page without items is the end, whatever the total says.
      total = page.instances.length === 0 ? 0 : page.instance_num;
    } while (offset < total);
  }

  /**
   * @param {string[]} instanceIds
   * @param {import("../index.js").SwitchoverAllOptions} [options]
   */
  async switchoverAll(instanceIds, options) {
    const ids = listOf(instanceIds);
    const { concurrency = 4, stopOnFailure = false, dryRun = false, ...others } = own(options);
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 32) {
      throw invalid("concurrency", "must be a whole number from 1 to 32");
    }
    for (const [name, value] of Object.entries({ stopOnFailure, dryRun })) {
      if (typeof value !== "boolean") throw invalid(name, "must be true or false");
    }
    /** @type {import("../index.js").SwitchoverAllResult[]} */
    const results = ids.map((instanceId) => ({ instanceId, state: "skipped" }));
    let next = 0;
    let stop = false;
    const worker = async () => {
      while (next < results.length && !stop && memberOf(others.signal, "aborted") !== true) {
        const result = /** @type {import("../index.js").SwitchoverAllResult} */ (results[next++]);
        await this.#one(result, others, dryRun);
        stop ||= stopOnFailure && result.state === "rejected";
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, results.length) }, worker));
    return results;
  }

  /**
   * Runs one switchover of a fleet, or only its check.
   * @param {import("../index.js").SwitchoverAllResult} result
   * @param {any} options
   * @param {boolean} dryRun
   */
  async #one(result, options, dryRun) {
    const { instanceId } = result;
    const listener = options.onEvent ?? this.#onEvent;
    // The error of an abort is the signal's own reason; the report of what it left behind comes only as an event.
    const onEvent = (/** @type {import("../index.js").DcsEvent} */ event) => {
      if (event.type === "report") result.report = event.report;
      return listener?.(event);
    };
    try {
      if (typeof (listener ?? onEvent) !== "function")
        throw invalid("onEvent", "must be a function");
      if (dryRun) result.plan = await this.checkSwitchover({ ...options, instanceId });
      else result.report = await this.switchover({ ...options, onEvent, instanceId });
      result.state = "fulfilled";
    } catch (error) {
      result.state = "rejected";
      result.error = error;
    }
  }

  free() {
    this.#freed = true;
    this.#options = this.#pending = undefined;
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
