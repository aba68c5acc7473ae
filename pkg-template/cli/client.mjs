// @ts-check
// The client of a command, from its options; and commands to type next, with the same options.

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { DcsClient } from "huaweicloud-dcs";
import { fromChain, fromNamed } from "huaweicloud-dcs/credentials";

/** @typedef {import("./main.mjs").Order} Order */

/** Options of the command that say where the service is, and those of the client. */
const WHERE = /** @type {const} */ ([
  ["region", "--region"],
  ["endpoint", "--endpoint"],
  ["iamEndpoint", "--iam-endpoint"],
  ["projectId", "--project-id"],
  ["profile", "--profile"],
]);

/**
 * The region that is called, as a client finds it: where an endpoint is given, the environment's has no say.
 * @param {Order["options"]} options
 * @returns {string | undefined}
 */
function regionOf({ region, endpoint }) {
  const { HUAWEICLOUD_SDK_REGION: own, HW_REGION_NAME: terraform } = process.env;
  return region ?? (endpoint === undefined ? own || terraform || undefined : undefined);
}

/** Where the instances are, in a word. @param {Order} order */
export const placeOf = ({ options }) => regionOf(options) ?? options.endpoint ?? "";

/**
 * @param {Order} order @param {import("huaweicloud-dcs").ClientOptions} [more]
 */
export function client({ options, output }, more) {
  /** @type {Record<string, unknown>} */
  const given = {};
  for (const [name] of WHERE) if (name !== "profile") given[name] = options[name];
  return new DcsClient({
    ...given,
    region: regionOf(options),
    timeoutMs: options.timeoutMs,
    ...(options.profile !== undefined && { credentials: keysOf(options) }),
    onEvent: (event) => event.type === "retry" && output.progress.event(event, ""),
    ...more,
  });
}

/**
 * Who signs: the source or profile that is named, else the first of the chain that is set up.
 * @param {Order["options"]} options
 */
export function keysOf(options) {
  const { profile, iamEndpoint } = options;
  const region = regionOf(options);
  const place = {
    ...(region !== undefined && { region }),
    ...(iamEndpoint !== undefined && { iamEndpoint }),
  };
  return profile === undefined ? fromChain(place) : fromNamed(profile, place);
}

/**
 * The times of following, as far as they were given.
 * @param {Order} order
 */
export function following({ options }) {
  const { intervalMs, followTimeoutMs, verifyTimeoutMs } = options;
  return {
    ...(intervalMs !== undefined && { intervalMs }),
    ...(followTimeoutMs !== undefined && { followTimeoutMs }),
    ...(verifyTimeoutMs !== undefined && { verifyTimeoutMs }),
  };
}

/** A word as a shell reads it. @param {string} word */
export const quoted = (word) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What npx was given: the package by its name, or the folder that it runs from, which npm knows by no name. */
function executed() {
  const folder = dirname(fileURLToPath(import.meta.resolve("huaweicloud-dcs/package.json")));
  return /[\\/]node_modules[\\/]/.test(folder) ? "huaweicloud-dcs" : quoted(folder);
}

/**
 * A command that can be pasted: it asks the same service as this one.
 * @param {Order} order @param {string[]} words
 */
export function typed({ options }, ...words) {
  const program = process.env.npm_command === "exec" ? `npx ${executed()}` : "huaweicloud-dcs";
  const where = WHERE.flatMap(([name, flag]) => {
    const value = options[name];
    return typeof value === "string" ? [flag, value] : [];
  });
  // A proxy's password is not repeated.
  if (typeof options.proxy === "string" && !options.proxy.includes("@"))
    where.push("--proxy", options.proxy);
  return [program, ...[...words, ...where].map(quoted)].join(" ");
}
