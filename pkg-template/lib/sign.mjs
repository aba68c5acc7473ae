// @ts-check
// signRequest, Credential and signedFetch: what every entry point has.

import * as glue from "#glue";
import { invalidArgument as invalid, isA, own } from "../../src/js/errors.js";
import { packCredentials, provided } from "../../src/js/credential.js";
import { protection, requestArgument } from "../../src/js/client/request.js";
import { chainOf } from "./environment.mjs";
import { init, loadSync } from "./load.mjs";
import { give, lend, take } from "./memory.mjs";

export * from "../../src/js/errors.js";

export class Credential extends glue.Credential {
  /** @param {unknown} credentials */
  constructor(credentials) {
    loadSync();
    super();
    const taken = glue.takeCredential(give(packCredentials(credentials)));
    if (!taken) take(-glue.outputSize());
    // What wasm made, with the methods of this class.
    return Object.setPrototypeOf(taken, new.target.prototype);
  }

  /** The access key id; empty for a token, and once it was freed. */
  get ak() {
    return /** @type {any} */ (this).__wbg_ptr === 0 ? "" : take(glue.accessKeyId(this));
  }

  /** Only what is not secret. */
  toJSON() {
    return { ak: this.ak };
  }

  /** Once more does nothing: a block may dispose of what was freed. */
  free() {
    if (/** @type {any} */ (this).__wbg_ptr !== 0) super.free();
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Credential.prototype, Symbol.dispose, {
    configurable: true,
    writable: true,
    value: Credential.prototype.free,
  });
}

// The bundle shortens names; a printed credential should still say what it is.
Object.defineProperty(Credential, "name", { value: "Credential", configurable: true });

const OPTIONS = new Set(
  "method url headers body date algorithm region service credentials".split(" "),
);

/** @param {import("../signer.js").SignRequestOptions} options */
export function signRequest(options) {
  loadSync();
  let read;
  try {
    read = readOptions(options);
  } catch (error) {
    throw known(error) ?? invalid("options", "cannot be read: a getter or proxy threw");
  }
  return withCredential(read.credentials, (credential) =>
    sign(credential, read.fields, read.headers, read.body, read.now),
  );
}

/** @param {unknown} error */
const known = (error) => (error instanceof Error && "field" in error ? error : undefined);

/** @param {any} options */
function readOptions(options) {
  if (options === null || typeof options !== "object")
    throw invalid("options", "must be an object");
  for (const name in options) {
    if (!OPTIONS.has(name)) {
      throw invalid(name, `is not an option here; there are ${[...OPTIONS].join(", ")}`);
    }
  }
  const { method, url, headers, date, algorithm, region, service } = options;
  const isDate = isA(date, "Date");
  const now = isDate ? new Date(date).getTime() : Date.now();
  if (Number.isNaN(now)) throw invalid("date", "is an invalid Date");
  const fields = packed(
    text("method", method).toUpperCase(),
    text("url", isA(url, "URL") ? url.href : url),
    algorithm,
    region,
    service,
    isDate ? "" : optional("date", date),
  );
  // A Headers or a Map has no properties of its own: it would be left out unseen.
  if (headers != null && (typeof headers !== "object" || Symbol.iterator in headers)) {
    throw invalid("headers", "must be a plain object; use Object.fromEntries(headers)");
  }
  return {
    fields,
    headers: Object.entries(headers ?? {}),
    body: bodyOf(options.body),
    now,
    credentials: options.credentials,
  };
}

/**
 * @param {string} field
 * @param {unknown} value
 */
function text(field, value) {
  if (typeof value !== "string") throw invalid(field, "must be a string");
  return value;
}

/**
 * @param {string} field
 * @param {unknown} value
 */
const optional = (field, value) => (value == null ? "" : text(field, value));

/**
 * @param {string} method
 * @param {string} url
 * @param {unknown} algorithm
 * @param {unknown} region
 * @param {unknown} service
 * @param {string} date
 */
const packed = (method, url, algorithm, region, service, date) =>
  `${method}\0${url}\0${optional("algorithm", algorithm)}\0${optional("region", region)}\0${optional("service", service)}\0${date}`;

/**
 * @param {unknown} body
 * @returns {string | Uint8Array}
 */
function bodyOf(body) {
  if (body == null) return "";
  if (typeof body === "string") return body;
  try {
    if (ArrayBuffer.isView(body))
      return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    if (isA(body, "ArrayBuffer")) return new Uint8Array(/** @type {any} */ (body));
  } catch {
    // It is detached.
  }
  throw invalid("body", "must be a string, bytes, or left out");
}

/**
 * Lends a credential: the one given, or one of plain keys that is wiped afterwards.
 * @template T
 * @param {unknown} credentials
 * @param {(credential: glue.Credential) => T} use
 */
function withCredential(credentials, use) {
  if (isCredential(credentials)) return use(usable(credentials));
  const credential = new Credential(credentials);
  try {
    return use(credential);
  } finally {
    credential.free();
  }
}

/**
 * Not so for a proxy that throws: it is refused as what it is not.
 * @param {unknown} credentials
 * @returns {credentials is glue.Credential}
 */
function isCredential(credentials) {
  try {
    return credentials instanceof glue.Credential;
  } catch {
    return false;
  }
}

/** @param {glue.Credential} credential */
function usable(credential) {
  if (/** @type {any} */ (credential).__wbg_ptr === 0)
    throw invalid("credentials", "has been freed");
  return credential;
}

/**
 * Crosses to wasm with one text, and back with one; NUL separates, and stands in no valid field.
 * @param {glue.Credential} credential
 * @param {string} fields
 * @param {[string, unknown][]} headers
 * @param {string | Uint8Array | undefined} body Undefined: it is not signed.
 * @param {number} now
 * @returns {import("../signer.js").SignedRequest}
 */
function sign(credential, fields, headers, body, now) {
  let text = fields;
  for (const [name, value] of headers) {
    if (typeof value !== "string") throw invalid(`headers.${name}`, "must be a string");
    // It would be signed, and then lost: no plain object holds it.
    if (name === "__proto__") throw invalid(`headers.${name}`, "is not a header name");
    text += `\0${name}\0${value}`;
  }
  const size = give(text);
  const { Empty, Read, Unsigned } = glue.SignedBody;
  const call = (/** @type {number} */ signedBody) =>
    glue.sign(credential, size, headers.length, signedBody, now);
  const output = take(
    body?.length ? lend(body, () => call(Read)) : call(body === undefined ? Unsigned : Empty),
  );
  let at = 0;
  const next = () => {
    const start = at;
    at = output.indexOf("\0", start) + 1 || output.length + 1;
    return output.slice(start, at - 1);
  };
  const canonicalRequest = next();
  const stringToSign = next();
  const authorization = next();
  /** @type {Record<string, string>} */
  const signed = {};
  while (at <= output.length) signed[next()] = next();
  signed["Authorization"] = authorization;
  return { headers: signed, canonicalRequest, stringToSign };
}

/**
 * The chain for a region, where there is one. A browser has none, and the code of it is in no bundle there.
 * @type {((where: any) => import("../signer.js").CredentialsProvider) | undefined}
 */
let chain;

/**
 * Says where this environment has the providers of the chain. For the entry points of Node, Deno and Bun.
 * @param {Parameters<typeof chainOf>[1]} load
 */
export function completeFrom(load) {
  chain = (where) => /** @type {any} */ (chainOf(where, load));
}

/**
 * @param {import("../signer.js").CredentialsInput} [credentials]
 * @param {import("../signer.js").SignedFetchOptions} [options]
 */
export function signedFetch(credentials, options) {
  const given = own(options);
  const proof = credentials === undefined && chain ? chain(given) : credentials;
  const names = [
    "algorithm",
    "region",
    "service",
    "projectId",
    "clockOffsetMs",
    "fetch",
    "allowInsecure",
  ];
  for (const name in given) {
    if (!names.includes(name))
      throw invalid(name, `is not an option here; there are ${names.join(", ")}`);
  }
  const { algorithm, region, service, projectId, clockOffsetMs = 0, allowInsecure = false } = given;
  if (!Number.isSafeInteger(clockOffsetMs))
    throw invalid("clockOffsetMs", "must be a whole number");
  if (typeof allowInsecure !== "boolean") throw invalid("allowInsecure", "must be true or false");
  if (given.fetch !== undefined && typeof given.fetch !== "function")
    throw invalid("fetch", "must be a function");
  if (projectId !== undefined && !/^[0-9a-f]{32}$/.test(text("projectId", projectId)))
    throw invalid("projectId", "must be 32 lower-case hex digits");
  /** @type {glue.Credential | undefined} */
  let held;

  /**
   * @param {string | URL | Request} input
   * @param {RequestInit} [init_]
   */
  return async (input, init_) => {
    await init();
    // Node's Request follows a signal weakly: one that nobody else holds is lost. So the caller's own is handed on.
    const caller = init_?.signal ?? /** @type {any} */ (input)?.signal;
    const signal = caller ? ownSignal(caller) : undefined;
    const forwarded = init_?.signal ? { ...init_, signal } : init_;
    const request = new Request(input, forwarded);
    const url = new URL(request.url);
    url.hash = "";
    // A `+` of URLSearchParams means a space; written so, no server can take it for a plus.
    url.search = url.search.replaceAll("+", "%20");
    if (url.protocol !== "https:" && !allowInsecure && !isLoopback(url.hostname)) {
      throw invalid("url", "is plain http; use https, or set allowInsecure for a test");
    }
    if (/** @type {any} */ (globalThis).Bun && url.pathname.startsWith("//"))
      throw invalid("url", "begins its path with //, of which Bun sends only one /");
    const stream = typeof ReadableStream === "function" && init_?.body instanceof ReadableStream;
    const body =
      stream || request.body === null
        ? undefined
        : new Uint8Array(await unlessAborted(request.arrayBuffer(), signal));
    const credential =
      typeof proof === "function"
        ? await unlessAborted(
            provided(proof, (given) => new Credential(given)),
            signal,
          )
        : isCredential(proof)
          ? usable(proof)
          : (held ??= new Credential(proof));
    // Their names are in lower case: what the caller gave is found, in whatever case it was written.
    const headers = Object.fromEntries(request.headers);
    if (projectId !== undefined) headers["x-project-id"] ??= projectId;
    const token = take(glue.tokenOf(credential));
    const fields = packed(request.method, url.href, algorithm, region, service, "");
    const now = Date.now() + clockOffsetMs;
    const signedBody = stream ? undefined : (body ?? "");
    const signed = token
      ? { ...headers, "x-auth-token": token }
      : sign(credential, fields, Object.entries(headers).map(textOf), signedBody, now).headers;
    /** @type {RequestInit} */
    const sent = {
      // What belongs to the platform's fetch (undici's `dispatcher`, Bun's `proxy`, Deno's `client`) is handed on.
      ...forwarded,
      method: request.method,
      headers: signed,
      body: stream ? request.body : body,
      signal: signal ?? request.signal,
      keepalive: request.keepalive,
      ...(stream && { duplex: "half" }),
      // Redirects are refused: a signature does not follow one.
      ...protection(),
    };
    if (!given.fetch) return globalThis.fetch(url.href, sent);
    return given.fetch(requestArgument(url.href, sent), stream ? withoutBody(sent) : sent);
  };
}

/**
 * A stream can be read once: it is in the Request already.
 * @param {RequestInit} init
 */
function withoutBody({ body: _, ...others }) {
  return others;
}

/**
 * A signal of this realm, which Request asks for, that follows one of another.
 * @param {any} signal
 */
function ownSignal(signal) {
  if (signal instanceof AbortSignal || typeof signal?.addEventListener !== "function")
    return signal;
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return controller.signal;
}

/**
 * What comes of some work, or the reason of a signal that is aborted first.
 * @template T
 * @param {Promise<T>} work
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
async function unlessAborted(work, signal) {
  if (!signal) return work;
  let abort = () => {};
  const aborted = new Promise((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
  });
  try {
    return /** @type {T} */ (await Promise.race([work, aborted]));
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * A header of a Request, whose characters are bytes, as the text that is signed.
 * @param {[string, string]} header
 * @returns {[string, string]}
 */
function textOf([name, value]) {
  if (/^[\0-\x7f]*$/.test(value)) return [name, value];
  try {
    const bytes = Uint8Array.from(value, (byte) => byte.charCodeAt(0));
    return [name, new TextDecoder("utf-8", { fatal: true }).decode(bytes)];
  } catch {
    throw invalid(`headers.${name}`, "is neither ASCII nor UTF-8");
  }
}

/** @param {string} host */
const isLoopback = (host) => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
