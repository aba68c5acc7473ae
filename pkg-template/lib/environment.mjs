// @ts-check
// What the environment adds to the options of a client, in Node, Deno and Bun.

import { makeError, own } from "../../src/js/errors.js";

/** @typedef {typeof import("./providers.mjs")} Providers */

/** @param {string} name */
export function variable(name) {
  try {
    return process.env[name] || undefined;
  } catch {
    return undefined; // Deno, without the permission to read it
  }
}

/**
 * The home folder, if there is one: an empty or relative HOME would be the working folder, where others may have put files.
 * @returns {string | undefined}
 */
export function homeFolder() {
  try {
    const { homedir } = process.getBuiltinModule("node:os");
    const { isAbsolute } = process.getBuiltinModule("node:path");
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined; // Deno, without the permission to ask; or a user without a home
  }
}

/**
 * Options with the chain where neither credentials nor a signer are given, and with region and endpoints from the official
 * variables; a promise of them where the regions file has to be read.
 * @param {any} options
 * @param {() => Providers | Promise<Providers>} load
 * @returns {{ options?: any, pending?: Promise<any> }}
 */
export function complete(options, load) {
  if (options !== undefined && (options === null || typeof options !== "object"))
    return { options };
  let given;
  try {
    given = own(options);
  } catch {
    return { options }; // unreadable: the client says so
  }
  // A back end of its own has keys, region and endpoints.
  if (given.server != null) return { options: given };
  given.region ??= given.endpoint == null ? regionOfEnvironment() : undefined;
  // Before the environment adds its endpoint of IAM: that of a profile goes over it.
  if (given.credentials == null && given.signer == null) given.credentials = chainOf(given, load);
  let file;
  if (typeof given.region === "string") {
    const name = given.region.toUpperCase().replaceAll("-", "_");
    given.endpoint ??= listOf(variable(`HUAWEICLOUD_SDK_REGION_DCS_${name}`));
    given.iamEndpoint ??= variable("HUAWEICLOUD_SDK_IAM_ENDPOINT");
    file = given.endpoint == null && regionsFile();
  }
  if (!file) return { options: given };
  const pending = withEndpoints(given, file, load);
  // Told by the first call: a client that makes none must not end the process.
  pending.catch(() => {});
  return { pending };
}

/** That of the official SDKs, else that of Terraform's provider. */
const regionOfEnvironment = () => variable("HUAWEICLOUD_SDK_REGION") ?? variable("HW_REGION_NAME");

/**
 * The endpoints of a variable, separated by commas.
 * @param {string | undefined} text
 */
const listOf = (text) =>
  text
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** Where the official cores look for regions; undefined when there is no such file. */
function regionsFile() {
  const named = variable("HUAWEICLOUD_SDK_REGIONS_FILE");
  if (named) return named;
  try {
    const { existsSync } = process.getBuiltinModule("node:fs");
    const home = homeFolder();
    const file = `${home}/.huaweicloud/regions.yaml`;
    return home !== undefined && existsSync(file) ? file : undefined;
  } catch {
    return undefined; // Deno, without the permission to look
  }
}

/**
 * @param {any} given
 * @param {string} file
 * @param {() => Providers | Promise<Providers>} load
 */
async function withEndpoints(given, file, load) {
  const { endpointsIn } = await load();
  try {
    given.endpoint = await endpointsIn(file, given.region);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "the regions file cannot be read";
    const fields = { code: "INVALID_ARGUMENT", field: "region", retryable: false };
    throw makeError("InvalidArgumentError", why, { ...fields, outcome: "not_sent", cause });
  }
  return given;
}

/** @type {Map<string, () => Promise<unknown>>} */
const chains = new Map();

/**
 * The chain for where a client calls; the same function for the same place, so that its clients share a key.
 * @param {any} given
 * @param {() => Providers | Promise<Providers>} load
 */
export function chainOf({ region, iamEndpoint }, load) {
  const where = {
    ...(typeof region === "string" && { region }),
    ...(typeof iamEndpoint === "string" && { iamEndpoint }),
  };
  const name = JSON.stringify(where);
  let chain = chains.get(name);
  if (!chain) {
    chain = async () => (await load()).chain(where);
    // It keeps its key itself: see credential.js.
    Object.defineProperty(chain, Symbol.for("huaweicloud-dcs.keeps-its-key"), { value: true });
    chains.set(name, chain);
  }
  return chain;
}
