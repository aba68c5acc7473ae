// @ts-check
// Why a provider has no key.

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
export const failed = (message, cause) =>
  new Error(message, cause === undefined ? undefined : { cause });

/** @type {WeakSet<object>} */
const absences = new WeakSet();

/**
 * The provider is not set up here: a chain goes on to the next one. Any other failure ends the chain, for the next provider
 * may act as somebody else. Half of what a provider needs, or a file that says nothing, is no absence: somebody meant to set
 * it up.
 * @param {string} message
 * @param {unknown} [cause]
 */
export function absent(message, cause) {
  const error = failed(message, cause);
  absences.add(error);
  return error;
}

/**
 * What a missing part means: that the provider is not set up, unless another part of it is there.
 * @param {boolean} other
 */
export const missing = (other) => (other ? failed : absent);

/** @param {unknown} error */
export const isAbsent = (error) => absences.has(/** @type {object} */ (error));

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));
