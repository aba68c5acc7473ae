// @ts-check
// The environment of a test, and files of its own.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = /^(HUAWEICLOUD_|CLOUD_SDK_|HC_CONTAINER_|HW_)|^HOME$/;

export class World {
  folder = mkdtempSync(join(tmpdir(), "dcs-identity-"));
  #kept = { ...process.env };

  /** None of the variables of these providers, an empty home, and these. @param {Record<string, string>} [more] */
  set(more = {}) {
    for (const name of Object.keys(process.env)) if (NAMES.test(name)) delete process.env[name];
    Object.assign(process.env, { HOME: this.folder, ...more });
  }

  /**
   * @param {string} name
   * @param {string | Uint8Array} content
   */
  file(name, content) {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  end() {
    this.set();
    Object.assign(process.env, this.#kept);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Sends what is for the metadata service to its stand-in: its address is of each machine's own.
 * @param {import("node:test").TestContext} t
 * @param {string} url
 */
export function redirectMetadata(t, url) {
  const real = globalThis.fetch;
  t.mock.method(globalThis, "fetch", (/** @type {any} */ input, /** @type {any} */ init) =>
    real(typeof input === "string" ? input.replace("http://169.254.169.254", url) : input, init),
  );
}

/** What a promise is rejected with. @param {Promise<unknown>} promise */
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return /** @type {Error} */ (error);
  }
  throw new Error("it did not fail");
}

/** Everything that printing an error could show. @param {any} error */
export function told(error) {
  let text = "";
  for (let each = error; each instanceof Error; each = each.cause)
    text += `${each.stack}\n${JSON.stringify(each, Object.getOwnPropertyNames(each))}\n`;
  return text;
}
