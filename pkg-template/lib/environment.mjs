// @ts-check
// What the environment adds to the options of a client, in Node, Deno and Bun.

/** @param {string} name */
export function variable(name) {
  try {
    return process.env[name] || undefined;
  } catch {
    return undefined; // Deno, without the permission to read it
  }
}

/**
 * Options with the chain where neither credentials nor a signer are given, and with region and endpoints from the official
 * variables.
 * @param {any} options
 * @param {() => Promise<unknown>} chain
 */
export function complete(options, chain) {
  if (options !== undefined && (options === null || typeof options !== "object")) return options;
  let given;
  try {
    // Without a prototype: what a page's other code puts into Object.prototype is no option.
    given = { __proto__: null, ...options };
  } catch {
    return options; // unreadable: the client says so
  }
  // A back end of its own has keys, region and endpoints.
  if (given.server !== undefined) return given;
  if (given.credentials === undefined && given.signer === undefined) given.credentials = chain;
  given.region ??= given.endpoint === undefined ? variable("HUAWEICLOUD_SDK_REGION") : undefined;
  if (typeof given.region === "string") {
    const name = given.region.toUpperCase().replaceAll("-", "_");
    given.endpoint ??= variable(`HUAWEICLOUD_SDK_REGION_DCS_${name}`);
    given.iamEndpoint ??= variable("HUAWEICLOUD_SDK_IAM_ENDPOINT");
  }
  return given;
}
