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
 * may act as somebody else.
 * @param {string} message
 * @param {unknown} [cause]
 */
export function absent(message, cause) {
  const error = failed(message, cause);
  absences.add(error);
  return error;
}

/** @param {unknown} error */
export const isAbsent = (error) => absences.has(/** @type {object} */ (error));

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));
