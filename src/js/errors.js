// @ts-check
// The error classes, as JavaScript has them. They are made by the wasm module, and exported by the package.

/** Shared by every copy of this file, so that `instanceof` holds across the entry points. */
const BRAND = Symbol.for("huaweicloud-dcs.error");

/**
 * Whether a value is an error of this package with that name; of any name for the base class.
 * @param {unknown} value
 * @param {string} [name]
 */
const is = (value, name) =>
  value instanceof Error &&
  /** @type {any} */ (value)[BRAND] === true &&
  (name === undefined || value.name === name);

export class DcsError extends Error {
  /**
   * @param {unknown} value
   * @returns {boolean}
   */
  static [Symbol.hasInstance](value) {
    return is(value, this === DcsError ? undefined : this.prototype.name);
  }
}
Object.defineProperty(DcsError.prototype, BRAND, { value: true });

/**
 * @param {string} name
 * @returns {typeof DcsError}
 */
function named(name) {
  const of = { [name]: class extends DcsError {} };
  const made = /** @type {typeof DcsError} */ (of[name]);
  Object.defineProperty(made.prototype, "name", {
    value: name,
    configurable: true,
    writable: true,
  });
  return made;
}

export const InvalidArgumentError = named("InvalidArgumentError");
export const CredentialsError = named("CredentialsError");
export const ServiceResponseError = named("ServiceResponseError");
export const ConnectionError = named("ConnectionError");
export const RequestTimeoutError = named("RequestTimeoutError");
export const ResponseFormatError = named("ResponseFormatError");
export const SwitchoverError = named("SwitchoverError");

const classes = {
  InvalidArgumentError,
  CredentialsError,
  ServiceResponseError,
  ConnectionError,
  RequestTimeoutError,
  ResponseFormatError,
  SwitchoverError,
};

/**
 * Makes an error of the class `name` with these fields.
 * @param {string} name
 * @param {string} message
 * @param {Record<string, unknown>} fields
 */
export function makeError(name, message, fields) {
  const Class = classes[/** @type {keyof typeof classes} */ (name)] ?? DcsError;
  const { cause, ...others } = fields;
  return Object.assign(
    cause === undefined ? new Class(message) : new Class(message, { cause }),
    others,
  );
}

/**
 * An error that several calls share, for one of them, with what became of its swap.
 * @param {unknown} error
 * @param {string} [outcome]
 * @param {string} [doubt] Why the outcome is unknown, if it is.
 */
export function withOutcome(error, outcome, doubt) {
  if (outcome === undefined || !(error instanceof DcsError)) return error;
  const fields = { ...error, cause: error.cause, outcome };
  if (outcome === "unknown" && doubt !== undefined) Object.assign(fields, { doubt });
  return makeError(error.name, error.message, fields);
}

/**
 * @param {string} field
 * @param {string} why
 */
export const invalidArgument = (field, why) =>
  makeError("InvalidArgumentError", `${field} ${why}`, {
    code: "INVALID_ARGUMENT",
    retryable: false,
    field,
  });

/**
 * An error about a field as it is; for anything else that was thrown, that `field` cannot be read.
 * @param {unknown} error
 * @param {string} field
 */
export const readable = (error, field) =>
  error instanceof Error && "field" in error
    ? error
    : invalidArgument(field, "cannot be read: it nests too deeply, or a getter or proxy threw");

/**
 * The names of what an object of options gives: its own members, and what its class gives by accessors. Plain members of a
 * prototype, and whatever other code puts into Object.prototype, of whichever realm, are no options.
 * @param {object} options
 */
export function namesOf(options) {
  const names = new Set(Object.keys(options));
  let proto = Object.getPrototypeOf(options);
  // Only that of Object has none above it.
  for (let above; proto && (above = Object.getPrototypeOf(proto)); proto = above) {
    const members = Object.getOwnPropertyDescriptors(proto);
    for (const [name, { get }] of Object.entries(members)) if (get) names.add(name);
  }
  return names;
}

/**
 * Options of a method that is JavaScript: copied, without a prototype; or refused as the wasm module refuses its own.
 * @param {any} options
 * @returns {any}
 */
export function own(options) {
  if (options != null && typeof options !== "object")
    throw invalidArgument("options", "must be an object");
  /** @type {any} */
  const members = { __proto__: null };
  try {
    for (const name of options == null ? [] : namesOf(options)) members[name] = options[name];
  } catch (error) {
    throw readable(error, "options");
  }
  return members;
}

// Values of another realm (jsdom's, that of a `vm` context) are as good as those of this one, though `instanceof` says no.

/**
 * Whether a value is of a class of the platform, in whatever realm. What pretends to be one fails where it is used.
 * @param {unknown} value
 * @param {string} name
 */
export const isA = (value, name) => Object.prototype.toString.call(value) === `[object ${name}]`;
