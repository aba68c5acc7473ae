// @ts-check
// The options of the handler, checked once. A wrong one is refused when the handler is made, not at the first request.

import { variable } from "../environment.mjs";
import { memoryStore } from "./store.mjs";

/** @typedef {import("../../server.js").DcsHandlerOptions} DcsHandlerOptions */

/** What is handed on to the client of each region as it is. */
const CLIENT = ["credentials", "algorithm", "timeoutMs", "clockOffsetMs", "allowInsecure"];

/** What may differ from region to region: one value, or an object of them by region. */
const REGIONAL = ["projectId", "endpoint", "iamEndpoint"];

const OWN = [
  "basePath",
  "regions",
  "authorize",
  "audit",
  "idempotency",
  "origins",
  "swapPauseMs",
  "fetch",
  "onError",
];

const KNOWN = [...OWN, ...REGIONAL, ...CLIENT];

/** Of the client, unless given. */
const TIMEOUT_MS = 30_000;

const PAUSE_MS = 5000;

/** @param {string} why */
const wrong = (why) => new TypeError(`createDcsHandler: ${why}`);

/** @param {DcsHandlerOptions} options */
export function readOptions(options) {
  if (options === null || typeof options !== "object") throw wrong("options must be an object");
  // Without a prototype: what other code puts into Object.prototype is no option.
  /** @type {any} */
  const given = { __proto__: null, ...options };
  for (const name of Object.keys(given)) {
    if (!KNOWN.includes(name)) throw wrong(`${name} is no option; there are ${KNOWN.join(", ")}`);
  }
  for (const name of ["authorize", "audit", "fetch", "onError"]) {
    if (given[name] !== undefined && typeof given[name] !== "function") {
      throw wrong(`${name} must be a function`);
    }
  }
  if (!given.authorize) {
    throw wrong(
      "authorize is missing: a function that says who may do what. Without it nothing is allowed",
    );
  }
  const regions = regionsOf(given.regions);
  return {
    basePath: basePathOf(given.basePath),
    regions,
    /** @type {Map<string, Record<string, unknown>>} The options of each region's client. */
    clients: new Map(regions.map((region) => [region, clientOptions(given, region, regions)])),
    authorize: /** @type {DcsHandlerOptions["authorize"]} */ (given.authorize),
    audit: /** @type {DcsHandlerOptions["audit"]} */ (given.audit),
    store: storeOf(given.idempotency),
    origins: originsOf(given.origins),
    fetch: /** @type {((request: Request) => Promise<Response>) | undefined} */ (given.fetch),
    pauseMs: millisecondsOf("swapPauseMs", given.swapPauseMs, PAUSE_MS),
    // All attempts of one call: its credentials, its project, the request, and once more with a corrected clock.
    holdMs: 4 * millisecondsOf("timeoutMs", given.timeoutMs, TIMEOUT_MS) + 60_000,
    onError: quiet(
      given.onError ??
        ((/** @type {unknown} */ error) => console.error("huaweicloud-dcs/server:", error)),
    ),
  };
}

/** @param {unknown} path */
function basePathOf(path) {
  if (path === undefined || path === "/") return "";
  if (typeof path === "string" && /^(?:\/[\w-]+)+$/.test(path)) return path;
  throw wrong('basePath must be a path like "/dcs", of letters, digits, - and _');
}

/** @param {unknown} regions */
function regionsOf(regions) {
  const list = regions ?? [variable("HUAWEICLOUD_SDK_REGION")].filter((id) => id !== undefined);
  if (!Array.isArray(list) || list.length === 0) {
    throw wrong('regions is missing: a list like ["cn-north-4"]; the first is the default');
  }
  for (const id of list) {
    const isId = typeof id === "string" && /^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(id);
    if (!isId) throw wrong(`regions: ${JSON.stringify(id)} is no id of a region`);
  }
  if (new Set(list).size !== list.length) throw wrong("regions has an id twice");
  return /** @type {string[]} */ ([...list]);
}

/**
 * @param {any} given
 * @param {string} region
 * @param {string[]} regions
 */
function clientOptions(given, region, regions) {
  /** @type {Record<string, unknown>} */
  const options = { region };
  for (const name of CLIENT) if (given[name] !== undefined) options[name] = given[name];
  for (const name of REGIONAL) {
    const value = given[name];
    if (value === undefined) continue;
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      for (const id of Object.keys(value)) {
        if (!regions.includes(id)) throw wrong(`${name}: ${id} is not among regions`);
      }
      if (Object.hasOwn(value, region)) options[name] = value[region];
    } else if (regions.length > 1) {
      throw wrong(
        `${name} differs from region to region: give an object like { "${region}": ... }`,
      );
    } else {
      options[name] = value;
    }
  }
  const { projectId } = options;
  if (projectId !== undefined && !/^[0-9a-f]{32}$/.test(String(projectId))) {
    throw wrong("projectId must be 32 lower-case hex digits");
  }
  return options;
}

/** @param {unknown} store */
function storeOf(store) {
  if (store === undefined) return memoryStore();
  const { get, set } = /** @type {any} */ (store) ?? {};
  if (typeof get === "function" && typeof set === "function") {
    return /** @type {import("../../server.js").IdempotencyStore} */ (store);
  }
  throw wrong("idempotency must be a store: { get, set }");
}

/** @param {unknown} origins */
function originsOf(origins) {
  if (origins === undefined) return undefined;
  const isList = Array.isArray(origins) && origins.length > 0;
  if (
    !isList ||
    !origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin)
  ) {
    throw wrong('origins must be a list like ["https://ops.example.com"]');
  }
  return /** @type {string[]} */ ([...origins]);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} usual
 */
function millisecondsOf(name, value, usual) {
  if (value === undefined) return usual;
  const isOne =
    Number.isInteger(value) &&
    /** @type {number} */ (value) >= 0 &&
    /** @type {number} */ (value) <= 3_600_000;
  if (!isOne) throw wrong(`${name} must be a whole number of milliseconds to 3,600,000`);
  return /** @type {number} */ (value);
}

/**
 * What is told must not fail what it is told of.
 * @param {(error: unknown) => unknown} listener
 */
const quiet = (listener) => (/** @type {unknown} */ error) => {
  try {
    Promise.resolve(listener(error)).catch(() => {});
  } catch {
    // As promised.
  }
};
