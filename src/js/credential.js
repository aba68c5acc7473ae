// @ts-check
// Reading credentials; and those of a provider function: kept until shortly before they end, one call in flight
// however many wait.

import { invalidArgument, isA, makeError, readable } from "./errors.js";

/** A provider that has not answered for so long is asked once more by the next call, in milliseconds. */
const PENDING_MS = 30_000;

/** Asked again so long before credentials end, in milliseconds. */
const EARLY_MS = 5 * 60 * 1000;

/**
 * On a provider of this package that keeps a key itself, and gets the next one in time: while its key has an end it is asked
 * for each call. What it throws names the provider, and holds no secret.
 */
const KEEPS = Symbol.for("huaweicloud-dcs.keeps-its-key");

/**
 * By provider; weak, so that a provider that is let go takes its credentials along.
 * @typedef {{ until: number, promise: Promise<any>, credentials?: unknown }} Entry
 * @type {WeakMap<Function, Entry>}
 */
const kept = new WeakMap();

/**
 * What `make` made of the credentials that `provider` gave.
 * @template T
 * @param {() => unknown} provider
 * @param {(credentials: any) => T} make
 * @returns {Promise<T>}
 */
export function provided(provider, make) {
  const known = kept.get(provider);
  if (known && Date.now() < known.until) return /** @type {Promise<T>} */ (known.promise);
  /** @type {Entry} */
  const entry = { until: Date.now() + PENDING_MS, promise: Promise.resolve() };
  entry.promise = ask(provider, make, entry, known).catch((error) => {
    // Not kept: the next call asks again.
    if (kept.get(provider) === entry) kept.delete(provider);
    throw error;
  });
  kept.set(provider, entry);
  return entry.promise;
}

/**
 * @param {() => unknown} provider
 * @param {(credentials: any) => unknown} make
 * @param {Entry} entry
 * @param {Entry} [before]
 */
async function ask(provider, make, entry, before) {
  let keeps = false;
  /** @type {any} */
  let credentials;
  try {
    keeps = KEEPS in provider;
    credentials = await provider();
  } catch (cause) {
    const why = keeps && cause instanceof Error ? `: ${cause.message}` : "";
    throw failed(`the credentials provider failed${why}`, cause);
  }
  try {
    const end = endOf(credentials?.expiresAt);
    entry.credentials = credentials;
    entry.until = keeps && end !== Infinity ? 0 : end - EARLY_MS;
    if (keeps && before && before.credentials === credentials) return await before.promise;
    return make(credentials);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "an unreadable object";
    throw failed(`the credentials provider gave what cannot be used: ${why}`);
  }
}

/**
 * Milliseconds since 1970 of a Date, an ISO 8601 text or milliseconds.
 * @param {Date | string | number | null | undefined} expiresAt
 */
function endOf(expiresAt) {
  if (expiresAt == null) return Infinity;
  const known =
    isA(expiresAt, "Date") ||
    typeof expiresAt === "number" ||
    // Date alone reads a year into almost any text.
    /^\d{4}-\d\d-\d\d/.test(String(expiresAt));
  const time = known ? new Date(/** @type {any} */ (expiresAt)).getTime() : NaN;
  if (Number.isNaN(time)) {
    throw invalidArgument("credentials.expiresAt", "is no Date, ISO 8601 text or milliseconds");
  }
  return time;
}

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
function failed(message, cause) {
  const fields = { code: "CREDENTIALS", retryable: false };
  const error = makeError(
    "CredentialsError",
    message,
    cause === undefined ? fields : { ...fields, cause },
  );
  return error;
}

/**
 * Another handle on what a Credential holds: taking the object itself would end it for whose it is.
 * @param {{ _share(): unknown }} credential
 */
export const share = (credential) => credential._share();

const KEYS = ["ak", "sk", "securityToken", "token", "projectId", "iamEndpoint"];

/**
 * The origin of an IAM: https, or plain http of this machine.
 * @param {string} text
 */
function originOf(text) {
  const known =
    /^(https:\/\/([\w.-]+|\[[\da-f:]+\])(:\d+)?|http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?)\/?$/.exec(
      text,
    );
  if (!known)
    throw invalidArgument("credentials.iamEndpoint", "must be an origin: https://host[:port]");
  return known[1] ?? "";
}

/**
 * Plain credentials in one text, in the order of KEYS, NUL between them; what is not there is empty. What `expiresAt`
 * says is the affair of who keeps them.
 * @param {any} credentials
 */
export function packCredentials(credentials) {
  if (credentials === null || typeof credentials !== "object") {
    throw invalidArgument(
      "credentials",
      "must be { ak, sk }, { token }, a Credential or a function that gets them",
    );
  }
  const texts = ["", "", "", "", "", ""];
  try {
    for (const name of Object.keys(credentials)) {
      const value = credentials[name];
      const at = KEYS.indexOf(name);
      if (name === "__wbg_ptr") {
        throw invalidArgument(
          "credentials",
          "is a Credential of another entry or copy of this package, or given where plain keys are expected; make it by the entry that uses it, or give { ak, sk }",
        );
      }
      if (at < 0 && name !== "expiresAt") {
        throw invalidArgument(
          `credentials.${name}`,
          `is not part of credentials; there are ${KEYS.join(", ")}, expiresAt`,
        );
      }
      if (at < 0) endOf(value);
      // An empty security token stands for "none", as environments and forms give it.
      if (at < 0 || value == null || (value === "" && at === 2)) continue;
      if (typeof value !== "string")
        throw invalidArgument(`credentials.${name}`, "must be a string");
      if (value === "" || value.includes("\0"))
        throw invalidArgument(`credentials.${name}`, value ? "must not contain NUL" : "is empty");
      texts[at] = at === 5 ? originOf(value) : value;
    }
  } catch (error) {
    throw readable(error, "credentials");
  }
  const [ak, sk, , token] = texts;
  if (token && (ak || sk))
    throw invalidArgument("credentials", "must hold a token or ak and sk, not both");
  if (!token && !(ak && sk)) throw invalidArgument(`credentials.${ak ? "sk" : "ak"}`, "is missing");
  return texts.join("\0");
}
