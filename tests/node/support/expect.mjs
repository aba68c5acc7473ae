// @ts-check
// Assertions about errors.

import assert from "node:assert/strict";
import * as dcs from "huaweicloud-dcs";

/**
 * What a promise is rejected with, or what a function throws.
 * @param {Promise<unknown> | (() => unknown)} action
 * @returns {Promise<any>}
 */
export async function failure(action) {
  let value;
  try {
    value = await (typeof action === "function" ? action() : action);
  } catch (error) {
    return error;
  }
  assert.fail(`it succeeded with ${JSON.stringify(value)}`);
}

/**
 * Awaits an error of this package and checks its class and fields; a field may be a RegExp for its text.
 * @param {Promise<unknown> | (() => unknown)} action
 * @param {string} name
 * @param {Record<string, unknown>} [fields]
 * @returns {Promise<any>}
 */
export async function refused(action, name, fields = {}) {
  const error = await failure(action);
  const Class = /** @type {any} */ (dcs)[name];
  const isOne = error instanceof Class;
  assert.ok(isOne, `${name} expected, not ${error?.stack ?? error}`);
  assert.ok([dcs.DcsError, Error].every((Base) => error instanceof Base));
  assert.equal(error.name, name);
  for (const [field, expected] of Object.entries(fields)) {
    if (expected instanceof RegExp) assert.match(String(error[field]), expected, field);
    else assert.deepEqual(error[field], expected, `${field} of ${error.stack}`);
  }
  return error;
}
