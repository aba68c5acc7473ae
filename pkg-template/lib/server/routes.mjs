// @ts-check
// The operations that a page may ask for: an exact table of methods and paths, each with the method of the client that
// answers it. What is not in the table is not sent.

import { refuse } from "./answer.mjs";

/**
 * @typedef {object} Route
 * @property {import("../../server.js").DcsOperation} operation The method of the client.
 * @property {string} method
 * @property {"read" | "swap"} effect
 * @property {string[]} path Its segments below the project; in braces, the option of the client that a segment is.
 * @property {Record<string, [option: string, kind: "text" | "boolean" | "number"]>} query
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What a segment in braces may be. */
const SEGMENTS = new Map([
  ["{instanceId}", UUID],
  ["{jobId}", /^(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i],
]);

/**
 * @param {Route["operation"]} operation
 * @param {string} methodAndPath
 * @param {Route["effect"]} effect
 * @param {Route["query"]} [query]
 * @returns {Route}
 */
function route(operation, methodAndPath, effect, query = {}) {
  const [method = "", path = ""] = methodAndPath.split(" ");
  return { operation, method, effect, path: path.split("/"), query };
}

/** @type {Route["query"]} */
const PAGE = { offset: ["offset", "number"], limit: ["limit", "number"] };

/** @type {Route[]} */
export const ROUTES = [
  route("changeMasterStandbyAsync", "PUT instances/{instanceId}/async-swap", "swap"),
  route("changeMasterStandby", "POST instances/{instanceId}/swap", "swap"),
  route("showJobInfo", "GET jobs/{jobId}", "read"),
  route("showInstance", "GET instances/{instanceId}", "read"),
  route("listInstances", "GET instances", "read", {
    instance_id: ["instanceId", "text"],
    name: ["name", "text"],
    name_equal: ["nameEqual", "boolean"],
    status: ["status", "text"],
    ip: ["ip", "text"],
    tags: ["tags", "text"],
    capacity: ["capacity", "text"],
    include_failure: ["includeFailure", "boolean"],
    include_delete: ["includeDelete", "boolean"],
    ...PAGE,
  }),
  route("listGroupReplicationInfo", "GET instance/{instanceId}/groups", "read"),
  route("listBackgroundTask", "GET instances/{instanceId}/tasks", "read", {
    ...PAGE,
    start_time: ["startTime", "text"],
    end_time: ["endTime", "text"],
  }),
];

/**
 * What a path asks for.
 * @typedef {object} Asked
 * @property {Route} route
 * @property {string} region
 * @property {string} project
 * @property {Record<string, string | number | boolean>} args The options of the client's method.
 */

/**
 * Finds the route of a request.
 * @param {string} method
 * @param {string} path Below the handler's own path: `/v2/{project}/...`, or `/{region}/v2/{project}/...`.
 * @param {URLSearchParams} query
 * @param {string[]} regions The first is that of a path without a region.
 * @returns {Asked}
 */
export function find(method, path, query, regions) {
  // Every id is made of letters, digits, `-` and `_`: nothing has to be percent-encoded, and nothing is decoded.
  if (!/^(?:\/[\w-]+)+$/.test(path)) throw unknown();
  const segments = path.slice(1).split("/");
  const [first = ""] = segments;
  const region = first === "v2" ? regions[0] : regions.find((id) => id === first);
  if (first !== "v2") segments.shift();
  const [version, project = "", ...rest] = segments;
  if (region === undefined || version !== "v2") throw unknown();
  /** @type {string[]} */
  const methods = [];
  for (const route of ROUTES) {
    const args = match(route.path, rest);
    if (!args) continue;
    if (route.method === method) {
      return { route, region, project, args: { ...args, ...readQuery(route, query) } };
    }
    methods.push(route.method);
  }
  if (methods.length === 0) throw unknown();
  throw refuse(405, "PROXY_METHOD", `${methods.join(" and ")} are answered here`, {
    Allow: methods.join(", "),
  });
}

const unknown = () =>
  refuse(404, "PROXY_NOT_FOUND", "the back end knows no operation of this path, or no such region");

/**
 * @param {string[]} pattern
 * @param {string[]} segments
 * @returns {Record<string, string> | undefined}
 */
function match(pattern, segments) {
  if (pattern.length !== segments.length) return undefined;
  /** @type {Record<string, string>} */
  const args = {};
  for (const [at, wanted] of pattern.entries()) {
    const given = /** @type {string} */ (segments[at]);
    const kind = SEGMENTS.get(wanted);
    if (kind ? !kind.test(given) : wanted !== given) return undefined;
    if (kind) args[wanted.slice(1, -1)] = given;
  }
  return args;
}

/**
 * The query as options of the client, which checks their values.
 * @param {Route} route
 * @param {URLSearchParams} query
 */
function readQuery(route, query) {
  /** @type {Record<string, string | number | boolean>} */
  const args = {};
  for (const [name, text] of query) {
    const known = Object.hasOwn(route.query, name) ? route.query[name] : undefined;
    if (!known) throw refuse(400, "PROXY_QUERY", "a parameter of the query is not known");
    const [option, kind] = known;
    if (option in args) throw refuse(400, "PROXY_QUERY", `${name} is given twice`);
    const value = valueOf(kind, text);
    if (value === undefined) throw refuse(400, "PROXY_QUERY", `${name} is no ${kind}`);
    args[option] = value;
  }
  return args;
}

/**
 * @param {"text" | "boolean" | "number"} kind
 * @param {string} text
 */
function valueOf(kind, text) {
  if (kind === "text") return text;
  if (kind === "number") return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return text === "true" || (text === "false" ? false : undefined);
}
