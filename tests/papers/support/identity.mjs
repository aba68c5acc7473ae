// @ts-check
// What a platform gives to the code that runs there, in place of keys: played by the emulator.

import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { PROJECT } from "./world.mjs";

/** None of the keys that other samples have: empty is as good as not set. */
const NO_KEYS = {
  HUAWEICLOUD_SDK_AK: "",
  HUAWEICLOUD_SDK_SK: "",
  CLOUD_SDK_AK: "",
  CLOUD_SDK_SK: "",
};

/**
 * The environment that a platform sets.
 * @param {import("./world.mjs").Emulator} emulator
 * @param {string} platform
 * @returns {Promise<Record<string, string>>}
 */
export async function identify(emulator, platform) {
  // A home of its own: other samples write a profile into theirs.
  const nothing = { ...NO_KEYS, HOME: mkdtempSync(join(PROJECT, "home-")) };
  if (platform === "server") return nothing;
  const { identity } = emulator.config;
  const { id_token } = await emulator.ask("POST", "id-tokens", {});
  if (platform === "pod") {
    const file = join(PROJECT, "pod-token");
    writeFileSync(file, `${id_token}\n`);
    return {
      ...nothing,
      HC_CONTAINER_CREDENTIALS_FULL_URI: emulator.url + identity.pod_identity_path,
      HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
    };
  }
  if (platform === "github") {
    return {
      ...nothing,
      HUAWEICLOUD_OIDC_PROVIDER_URN: identity.provider_urn,
      HUAWEICLOUD_OIDC_AGENCY_URN: identity.agency_urn,
      HUAWEICLOUD_SDK_STS_ENDPOINT: emulator.url,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${await runner(id_token)}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner-token",
    };
  }
  throw new Error(`there is no platform ${platform}`);
}

/**
 * Plays the runner of GitHub Actions, which gives a token to whoever shows its own.
 * @param {string} idToken
 * @returns {Promise<string>} Where it listens.
 */
function runner(idToken) {
  const server = createServer((request, response) => {
    const allowed =
      request.headers.authorization === "bearer runner-token" &&
      new URL(request.url ?? "", "http://runner").searchParams.has("audience");
    response.writeHead(allowed ? 200 : 401, { "Content-Type": "application/json" });
    response.end(JSON.stringify(allowed ? { value: idToken } : { message: "refused" }));
  });
  server.unref();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      resolve(`http://127.0.0.1:${port}`);
    });
  });
}
