// @ts-check

/** Time passed. */
export class Late extends Error {}

/**
 * What a promise comes to, within a time; rejects with {@link Late} after that.
 * @template T
 * @param {number} ms
 * @param {() => T | Promise<T>} ask
 * @returns {Promise<T>}
 */
export function within(ms, ask) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Late(`no answer within ${ms} ms`)), ms);
    // In a promise, so that what is thrown at once rejects too.
    Promise.resolve()
      .then(ask)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
