// @ts-check
// Reading an options object: once, and whatever its getters and proxies throw.

import { invalidArgument as invalid, namesOf, readable } from "../errors.js";
import { packMember } from "./values.js";

/**
 * What `options.rs` reads; what was not given is undefined.
 * @typedef {object} ReadOptions
 * @property {unknown} [refused] The error that refuses them.
 * @property {string} plain The plain options, packed.
 * @property {object} [credentials] Credentials that are no function.
 * @property {Function} [provider] A function that gets credentials.
 * @property {Function} [signer]
 * @property {AbortSignal} [signal]
 * @property {Function} [fetch]
 * @property {Function} [onEvent] One that does not throw.
 * @property {object} [journal]
 */

/** The options that are not plain values. */
const NOT_PLAIN = ["credentials", "signer", "signal", "fetch", "onEvent", "journal"];

/** Levels that a plain option may have. */
const DEPTH = 3;

/**
 * @param {any} options
 * @returns {ReadOptions}
 */
export function readOptions(options) {
  try {
    return read(options ?? {});
  } catch (refused) {
    return { refused, plain: "" };
  }
}

/**
 * @param {any} options
 * @returns {ReadOptions}
 */
function read(options) {
  if (typeof options !== "object") throw invalid("options", "must be an object");
  const plain = ["{"];
  // Without a prototype: what other code puts into Object.prototype is no option.
  /** @type {any} */
  const own = { __proto__: null };
  let field = "options";
  try {
    for (const name of namesOf(options)) {
      field = name;
      const value = options[name];
      if (NOT_PLAIN.includes(name)) own[name] = value ?? undefined;
      else if (value !== undefined) {
        if (name === "via" || name === "server") checkAddress(name, value);
        plain.push(packMember(name, value, DEPTH));
      }
    }
    field = "options";
    checkKinds(own);
  } catch (error) {
    throw readable(error, field);
  }
  plain.push("}");
  const { credentials, onEvent } = own;
  if (onEvent) own.onEvent = quiet(onEvent);
  if (typeof credentials === "function") {
    own.provider = credentials;
    own.credentials = undefined;
  }
  own.plain = plain.join("\0");
  return own;
}

/** @param {string} name @param {unknown} address */
function checkAddress(name, address) {
  const isPath = typeof address === "string" && /^\/(?!\/)/.test(address);
  if (isPath && !globalThis.location)
    throw invalid(name, "must be an absolute URL where there is no page");
}

/**
 * Functions, signals and journals are known by what they can do: those of another realm are as good.
 * @param {any} own
 */
function checkKinds({ credentials, signer, signal, fetch, onEvent, journal }) {
  for (const [name, value] of Object.entries({ signer, fetch, onEvent })) {
    if (value !== undefined && typeof value !== "function")
      throw invalid(name, "must be a function");
  }
  if (signer && credentials !== undefined)
    throw invalid("signer", "and credentials are given; one of them signs");
  if (signal !== undefined) checkSignal(signal);
  if (journal !== undefined) checkJournal(journal);
}

/** @param {any} signal */
function checkSignal(signal) {
  try {
    const { aborted, addEventListener, removeEventListener } = signal;
    if (
      typeof aborted === "boolean" &&
      typeof addEventListener === "function" &&
      typeof removeEventListener === "function"
    )
      return;
  } catch (error) {
    throw readable(error, "signal");
  }
  throw invalid("signal", "must be an AbortSignal");
}

/** @param {any} journal */
function checkJournal(journal) {
  try {
    const { read, write, remove } = journal;
    if ([read, write, remove].every((method) => typeof method === "function")) return;
  } catch (error) {
    throw readable(error, "journal");
  }
  throw invalid("journal", "must have the functions read, write and remove");
}

/**
 * A listener whose exceptions, and rejected promise, are its own affair: an unhandled one would end a Node process.
 * @param {(event: unknown) => unknown} listener
 */
const quiet = (listener) => (/** @type {unknown} */ event) => {
  try {
    const returned = listener(event);
    if (returned !== undefined) settle(returned);
  } catch {
    // It is the listener's own affair.
  }
};

/**
 * Waits for what a listener gave. An `await` catches what its `then` throws, and reads no other member of it.
 * @param {unknown} returned
 */
async function settle(returned) {
  try {
    await returned;
  } catch {
    // It is the listener's own affair.
  }
}
