// @ts-check
// The back end of a page: a function from a Request to a Response. A page asks it for an operation; it asks `authorize`
// whether that may be, has this package's client do it, and answers with the service's own answer. Nothing of the page's
// request goes on to the service but the ids and filters that the table of operations knows.

import { DcsClient } from "huaweicloud-dcs";
import { doubt, json, refuse, Refusal, respond } from "./answer.mjs";
import { checkBody, checkLength, readBody } from "./body.mjs";
import { CALLBACK_MS, REQUESTS } from "./limits.mjs";
import { fingerprintOf, keyOf, Once } from "./once.mjs";
import { readOptions } from "./options.mjs";
import { find, ROUTES } from "./routes.mjs";
import { checkOrigin } from "./same-origin.mjs";
import { guarded } from "./store.mjs";
import { Swaps } from "./swaps.mjs";
import { call } from "./upstream.mjs";
import { within } from "./within.mjs";

/** @typedef {import("./answer.mjs").Answer} Answer */
/** @typedef {import("./routes.mjs").Asked} Asked */
/** @typedef {import("../../server.js").AuditEntry} AuditEntry */

/**
 * @param {import("../../server.js").DcsHandlerOptions} options
 * @returns {import("../../server.js").DcsHandler}
 */
export function createDcsHandler(options) {
  const handler = new Handler(readOptions(options));
  return (request, context) => handler.respond(request, context);
}

class Handler {
  #options;
  /** @type {Map<string, DcsClient>} */
  #clients;
  /** Ids of projects, by region: those that were given, and those that were looked up. @type {Map<string, string>} */
  #projects = new Map();
  #once;
  #swaps;
  #busy = 0;

  /** @param {ReturnType<typeof readOptions>} options */
  constructor(options) {
    this.#options = options;
    this.#clients = new Map(
      Array.from(options.clients, ([region, given]) => [
        region,
        new DcsClient({ ...given, ...(options.fetch && { fetch: options.fetch }) }),
      ]),
    );
    for (const [region, { projectId }] of options.clients) {
      if (typeof projectId === "string") this.#projects.set(region, projectId);
    }
    const store = guarded(options.store, options.onError);
    this.#once = new Once(store, options.onError);
    this.#swaps = new Swaps(store, options);
  }

  /**
   * Never rejects.
   * @param {Request} request
   * @param {unknown} context
   */
  async respond(request, context) {
    if (this.#busy >= REQUESTS) {
      // Its key is not looked up: what became of another copy of it is not told.
      return respond(doubt(503, "PROXY_BUSY", "too many requests at once").answer());
    }
    this.#busy++;
    try {
      return respond(await this.#answer(request, context));
    } catch (error) {
      if (error instanceof Refusal) return respond(error.answer());
      this.#options.onError(error);
      return respond(doubt(500, "PROXY_INTERNAL", "the back end failed").answer());
    } finally {
      this.#busy--;
    }
  }

  /**
   * @param {Request} request
   * @param {unknown} context
   */
  async #answer(request, context) {
    const { basePath, regions, origins } = this.#options;
    const { host, pathname, searchParams } = new URL(request.url);
    if (!pathname.startsWith(`${basePath}/`))
      throw refuse(404, "PROXY_NOT_FOUND", "not a path of the back end");
    checkOrigin(request, host, origins);
    checkLength(request);
    const path = pathname.slice(basePath.length);
    if (path === "/config") return this.#config(request, context);
    const asked = find(request.method, path, searchParams, regions);
    const known = this.#projects.get(asked.region);
    // `-` stands for the project that the back end acts in; a page need not know it.
    if (asked.project !== "-" && asked.project !== known) {
      throw refuse(
        403,
        "PROXY_PROJECT",
        "the back end acts in another project; write - in its place",
      );
    }
    if (asked.route.effect === "read") {
      await this.#allowed(request, context, asked);
      checkBody(await readBody(request));
      return (await this.#call(asked, request.signal)).answer;
    }
    const key = keyOf(request.headers);
    try {
      return await this.#onceForKey(key, request, context, asked);
    } catch (error) {
      throw await this.#once.judged(key, error);
    }
  }

  /**
   * A swap, or the answer to the one that came first with its key.
   * @param {string} key
   * @param {Request} request
   * @param {unknown} context
   * @param {Asked} asked
   */
  async #onceForKey(key, request, context, asked) {
    const user = await this.#allowed(request, context, asked);
    const body = await readBody(request);
    const { pathname, search } = new URL(request.url);
    const fingerprint = await fingerprintOf([user, request.method, pathname, search, body]);
    return this.#once.answer(key, fingerprint, () => {
      checkBody(body);
      return this.#swap(asked, user);
    });
  }

  /**
   * Who asks. Before the body is read: whoever may do nothing is not waited for.
   * @param {Request} request
   * @param {unknown} context
   * @param {Asked} asked
   */
  async #allowed(request, context, asked) {
    const user = await this.#authorized(request, context, asked);
    if (user !== undefined) return user;
    throw refuse(403, "PROXY_FORBIDDEN", `${asked.route.operation} is not allowed`);
  }

  /**
   * Who asks, if they may.
   * @param {Request} request
   * @param {unknown} context
   * @param {{ route: import("./routes.mjs").Route, region: string, args?: Asked["args"] }} asked
   * @returns {Promise<string | undefined>}
   */
  async #authorized(request, context, { route, region, args = {} }) {
    const { operation, effect } = route;
    const { instanceId, jobId } = /** @type {{ instanceId?: string, jobId?: string }} */ (args);
    const failed = (/** @type {unknown} */ error) => {
      this.#options.onError(error);
      return refuse(500, "PROXY_AUTHORIZE", "the back end could not tell whether this is allowed");
    };
    let allowed;
    try {
      allowed = await within(CALLBACK_MS, () =>
        this.#options.authorize({
          request,
          context,
          operation,
          effect,
          region,
          ...(instanceId !== undefined && { instanceId }),
          ...(jobId !== undefined && { jobId }),
        }),
      );
    } catch (error) {
      throw failed(error);
    }
    if (!allowed) return undefined;
    const user =
      typeof allowed === "object" && Object.hasOwn(allowed, "user") ? allowed.user : undefined;
    if (typeof user === "string" && /^[^\p{Cc}]{1,256}$/u.test(user)) return user;
    throw failed(
      new TypeError("authorize must give { user }, a text of 1 to 256 characters, or false"),
    );
  }

  /**
   * What a page may know before it asks for anything. Each operation is asked for without an instance.
   * @param {Request} request
   * @param {unknown} context
   */
  async #config(request, context) {
    if (request.method !== "GET")
      throw refuse(405, "PROXY_METHOD", "GET is answered here", { Allow: "GET" });
    const { regions } = this.#options;
    const [region = ""] = regions;
    const users = await Promise.all(
      ROUTES.map((route) => this.#authorized(request, context, { route, region })),
    );
    const user = users.find((one) => one !== undefined);
    if (user === undefined) throw refuse(403, "PROXY_FORBIDDEN", "nothing is allowed");
    const allowed = ROUTES.filter((_, at) => users[at] !== undefined);
    return json({
      regions,
      projectId: this.#projects.get(region),
      user,
      operations: allowed.map(({ operation }) => operation),
      readOnly: allowed.every(({ effect }) => effect === "read"),
    });
  }

  /**
   * @param {Asked} asked
   * @param {AbortSignal} [signal]
   */
  #call(asked, signal) {
    const client = this.#clients.get(asked.region);
    const { fetch, onError } = this.#options;
    return call(client, asked, {
      onError,
      onProject: (id) => this.#projects.set(asked.region, id),
      ...(fetch && { fetch }),
      ...(signal && { signal }),
    });
  }

  /**
   * Sends a swap, if none of this instance is under way and if the audit takes it. It is not aborted when the page goes
   * away: what it came to is kept for who asks again.
   * @param {Asked} asked
   * @param {string} user
   * @returns {Promise<import("./once.mjs").Work>}
   */
  async #swap(asked, user) {
    const { region, route, args } = asked;
    const instanceId = String(args.instanceId);
    const instance = `${region}/${instanceId.toLowerCase()}`;
    await this.#swaps.hold(instance, (jobId) => this.#isOver(region, jobId));
    const entry = { id: crypto.randomUUID(), user, operation: route.operation, region, instanceId };
    try {
      await this.#audit({ ...entry, time: new Date().toISOString(), outcome: "sending" });
    } catch (error) {
      this.#options.onError(error);
      await this.#swaps.release(instance, "not_sent");
      throw refuse(503, "PROXY_AUDIT", "the swap could not be audited, so it was not sent");
    }
    /** @type {import("./upstream.mjs").Result | undefined} */
    let result;
    /** @type {unknown} */
    let failure;
    try {
      result = await this.#call(asked);
    } catch (error) {
      failure = error;
    }
    const outcome = result?.outcome ?? (failure instanceof Refusal ? failure.outcome : "unknown");
    const { requestId, jobId } = result ?? {};
    const status = result?.answer.status;
    await this.#told(() => this.#swaps.release(instance, outcome, jobId));
    await this.#told(() =>
      this.#audit({
        ...entry,
        time: new Date().toISOString(),
        outcome: /** @type {AuditEntry["outcome"]} */ (outcome),
        ...(status !== undefined && { httpStatusCode: status }),
        ...(failure instanceof Refusal && { code: failure.code }),
        ...(requestId && { requestId }),
        ...(jobId && { jobId }),
      }),
    );
    if (!result) throw failure;
    return { answer: result.answer, nothing: result.flow };
  }

  /**
   * Whether a job has ended; undefined when it cannot be read.
   * @param {string} region
   * @param {string} jobId
   */
  async #isOver(region, jobId) {
    try {
      const { status } = await /** @type {DcsClient} */ (this.#clients.get(region)).showJobInfo({
        jobId,
        retry: false,
      });
      return status === "SUCCESS" || status === "FAIL";
    } catch (error) {
      this.#options.onError(error);
      return undefined;
    }
  }

  /** @param {AuditEntry} entry */
  async #audit(entry) {
    const { audit } = this.#options;
    if (audit) await within(CALLBACK_MS, () => audit(entry));
  }

  /**
   * After a swap has left, what fails is told, and its answer given all the same.
   * @param {() => Promise<void>} action
   */
  async #told(action) {
    try {
      await action();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
