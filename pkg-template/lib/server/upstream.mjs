// @ts-check
// One call of the client, and the service's own answer to it. The client signs, sends, checks and says what became of a
// swap; here its `fetch` is watched, for the answer as the service gave it.

import { Pieces } from "../../../src/js/client/response.js";
import { doubt, refuse } from "./answer.mjs";
import { ANSWER, KEPT_ANSWER } from "./limits.mjs";

/** The gateway's flow control, whatever the status. */
const FLOW_CONTROL = "APIGW.0308";

/** @typedef {import("./answer.mjs").Answer} Answer */
/** @typedef {import("./routes.mjs").Asked} Asked */

/**
 * What came of a call.
 * @typedef {object} Result
 * @property {Answer} answer
 * @property {string} outcome Of a swap.
 * @property {boolean} flow Whether flow control refused it, so that nothing ran.
 * @property {string} [requestId]
 * @property {string} [jobId]
 */

/**
 * @param {any} client A DcsClient.
 * @param {Asked} asked
 * @param {object} how
 * @param {(request: Request, init?: RequestInit) => Promise<Response>} [how.fetch]
 * @param {AbortSignal} [how.signal]
 * @param {(error: unknown) => void} how.onError
 * @param {(projectId: string) => void} [how.onProject]
 * @returns {Promise<Result>}
 */
export async function call(client, { route, args }, { fetch, signal, onError, onProject }) {
  const limit = route.effect === "swap" ? KEPT_ANSWER : ANSWER;
  /** @type {Taken | undefined} */
  let taken;
  /**
   * @param {Request} request
   * @param {RequestInit} [init] What the client adds for this runtime: a connection of its own for a swap, for example.
   */
  const watched = async (request, init) => {
    const { pathname } = new URL(request.url);
    const response = await (fetch ?? globalThis.fetch)(request, init);
    if (/\/v3\/projects$/.test(pathname)) return response;
    const [, project] = /\/v2\/([0-9a-f]{32})\//.exec(pathname) ?? [];
    if (project) onProject?.(project);
    // That of an attempt before this one is none any longer.
    taken = undefined;
    taken = await take(response, limit, secretsOf(request));
    return taken.again();
  };
  let value;
  let error;
  try {
    // The page repeats what may be repeated; here, one request is one request.
    value = await client[route.operation]({
      ...args,
      fetch: watched,
      retry: false,
      ...(signal && { signal }),
    });
  } catch (thrown) {
    error = /** @type {any} */ (thrown);
  }
  const outcome = error === undefined ? "accepted" : (error?.outcome ?? "not_sent");
  if (!taken) {
    onError(error);
    throw refusalOf(error, outcome);
  }
  if (taken.cut) throw tooLong(route.effect);
  const jobId = typeof value?.job_id === "string" ? value.job_id : undefined;
  const { "X-Request-Id": requestId } = taken.answer.headers;
  return {
    answer: taken.answer,
    outcome,
    // As the client reads it: a text that is only mentioned proves nothing.
    flow: outcome === "rejected" && (taken.answer.status === 429 || error?.code === FLOW_CONTROL),
    ...(requestId && { requestId }),
    ...(route.effect === "swap" && jobId && { jobId }),
  };
}

/**
 * @typedef {object} Taken
 * @property {Answer} answer
 * @property {boolean} cut Whether there was more than is read.
 * @property {() => Response} again For the client.
 */

/**
 * @param {Response} response
 * @param {number} limit
 * @param {string[]} secrets
 * @returns {Promise<Taken>}
 */
async function take(response, limit, secrets) {
  const { status } = response;
  const { bytes, cut } = await read(response, limit);
  /** @type {Record<string, string>} */
  const headers = {};
  for (const name of ["X-Request-Id", "Retry-After"]) {
    const value = response.headers.get(name);
    // A header of a stranger: one line, and no longer than a header need be.
    if (value !== null && /^[ -~]{1,256}$/.test(value)) headers[name] = value;
  }
  let body = new TextDecoder().decode(bytes);
  // The key's parts are nobody's business in a page, also where the service repeats them.
  for (const secret of secrets) body = body.replaceAll(secret, "***");
  return {
    answer: { status, body, headers },
    cut,
    again: () =>
      new Response(status === 204 || status === 205 || status === 304 ? null : bytes, {
        status,
        headers: response.headers,
      }),
  };
}

/**
 * @param {Response} response
 * @param {number} limit
 */
async function read({ status, body }, limit) {
  // One byte more than is taken tells that there are more.
  const pieces = new Pieces(limit + 1);
  const reader = body?.getReader();
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done || !pieces.add(value)) break;
    }
  } catch (error) {
    // What matters of an error is its status; of a good answer, its body.
    if (status < 400) throw error;
  }
  const bytes = pieces.bytes();
  const cut = bytes.length > limit;
  if (cut) reader?.cancel().catch(() => {});
  return { bytes: cut ? new Uint8Array() : bytes, cut };
}

/**
 * What identifies the key in a request: token, security token, access key, signature.
 * @param {Request} request
 */
function secretsOf({ headers }) {
  const proof = headers.get("authorization") ?? "";
  const [, ak = "", signature = ""] =
    /(?:Access|Credential)=([^/,\s]+).*Signature=(\w+)/.exec(proof) ?? [];
  const tokens = [headers.get("x-auth-token") ?? "", headers.get("x-security-token") ?? ""];
  return [...tokens, ak, signature].filter((secret) => secret.length >= 8);
}

/** @param {"read" | "swap"} effect */
function tooLong(effect) {
  const message = "the answer of the service is too long";
  return effect === "swap"
    ? doubt(502, "PROXY_ANSWER", message)
    : refuse(502, "PROXY_ANSWER", message);
}

/**
 * What a call without an answer of the service is answered with.
 * @param {any} error
 * @param {string} outcome
 */
function refusalOf(error, outcome) {
  const [status, code, message] = describe(error);
  return outcome === "not_sent" ? refuse(status, code, message) : doubt(status, code, message);
}

/** The options of the client that a request of the page names. */
const ARGUMENTS = new Set([
  ...["instanceId", "jobId", "name", "nameEqual", "status", "ip", "tags", "capacity"],
  ...["includeFailure", "includeDelete", "offset", "limit", "startTime", "endTime"],
]);

/**
 * @param {any} error
 * @returns {[number, string, string]}
 */
function describe(error) {
  switch (error?.name) {
    case "InvalidArgumentError":
      return ARGUMENTS.has(error.field)
        ? [400, "PROXY_ARGUMENT", error.message]
        : [500, "PROXY_CONFIGURATION", "the back end is not set up for this region"];
    case "CredentialsError":
      return [503, "PROXY_CREDENTIALS", "the back end has no credentials"];
    case "RequestTimeoutError":
      return [504, "PROXY_TIMEOUT", "the service did not answer the back end in time"];
    case "ConnectionError":
      return [502, "PROXY_CONNECTION", "the back end got no answer of the service"];
    case "ServiceResponseError":
    case "ResponseFormatError":
      // Not of the operation, or there would be an answer: of the look-up of the project.
      return [502, "PROXY_PROJECT_LOOKUP", "the back end could not look up its project id"];
    default:
      return [500, "PROXY_INTERNAL", "the back end failed"];
  }
}
