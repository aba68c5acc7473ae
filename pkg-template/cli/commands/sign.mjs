// @ts-check
// `sign`: a signed request as a curl command that sends, byte for byte, what was signed.

import { readFileSync } from "node:fs";
import { signRequest } from "huaweicloud-dcs";
import { keysOf } from "../client.mjs";
import { curl } from "../curl.mjs";
import { DONE, UsageError } from "../exit.mjs";

/** @typedef {import("../main.mjs").Order} Order */

/** @param {Order} order */
export async function sign(order) {
  const { args, options, output } = order;
  const [method = "", typed = ""] = args;
  const url = asSent(typed);
  const { data, dataRaw } = options;
  if (/^head$/i.test(method) && (data ?? dataRaw) !== undefined)
    throw new UsageError("a HEAD request has no body: leave out --data");
  const body = dataRaw ?? (data?.startsWith("@") ? readBody(data.slice(1)) : data);
  const key = await keysOf(options)();
  const { algorithm, service, region } = options;
  const { headers } = signRequest({
    method,
    url,
    headers: headersOf(options.header ?? [], options.projectId ?? key.projectId),
    body,
    credentials: key,
    algorithm,
    service,
    region,
  });
  const shown = asText(options.showSignature ? headers : masked(headers));
  const request = { method: method.toUpperCase(), url, headers: shown };
  output.result(
    request,
    [curl({ ...request, data, dataRaw })],
    [
      { head: "METHOD", get: (signed) => signed.method },
      { head: "URL", get: (signed) => signed.url },
      { head: "HEADERS", get: (signed) => JSON.stringify(signed.headers) },
    ],
  );
  return DONE;
}

/**
 * A URL as `fetch` sends it, which curl then sends as it is. In a query some servers read a plus as a space and some as a
 * plus; written so, all read the space that a form means.
 * @param {string} typed
 */
function asSent(typed) {
  // What is no URL is refused by the signer, with its reason.
  if (!URL.canParse(typed)) return typed;
  const url = new URL(typed);
  url.hash = "";
  url.search = url.search.replaceAll("+", "%20");
  return url.href;
}

/**
 * The values as text: signed headers come as `fetch` takes them, a character for each byte.
 * @param {Record<string, string>} headers
 */
const asText = (headers) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, "latin1").toString()]),
  );

/** @param {string} path `-` is standard input, as for curl. */
function readBody(path) {
  try {
    return readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    throw new UsageError(`--data: ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The headers to sign: those given, over the two that every request to the service has. Names have no case.
 * @param {string[]} lines @param {string | undefined} projectId
 */
function headersOf(lines, projectId) {
  /** @type {[string, string][]} */
  const given = lines.map((line) => {
    const at = line.indexOf(":");
    if (at < 1) throw new UsageError(`--header "${line}" is not of the form "NAME: VALUE"`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  const has = (/** @type {string} */ name) =>
    given.some(([own]) => own.toLowerCase() === name.toLowerCase());
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  if (names.size < given.length) {
    const twice = given.find(
      ([name], at) => given.findIndex(([own]) => own.toLowerCase() === name.toLowerCase()) < at,
    );
    throw new UsageError(`--header: "${twice?.[0]}" is given twice; join its values with a comma`);
  }
  /** @type {[string, string][]} */
  const usual = [["Content-Type", "application/json"]];
  if (projectId !== undefined) usual.push(["X-Project-Id", projectId]);
  return Object.fromEntries([...usual.filter(([name]) => !has(name)), ...given]);
}

/** @param {Record<string, string>} headers */
const masked = (headers) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (/^(x-(security|auth)-token|cookie|proxy-authorization)$/i.test(name))
        return [name, "***"];
      return [name, value.replace(/(Signature=)\w+/, "$1***")];
    }),
  );
