// @ts-check
// The configuration of KooCLI (hcloud): an access key of one of its profiles.

import { absent, failed, missing } from "./failure.mjs";
import { atHome, readText, unlessThere } from "./file.mjs";
import { key } from "./key.mjs";

const WHO = "KooCLI";

/** @param {unknown} value */
const text = (value) => (typeof value === "string" && value !== "" ? value : undefined);

/**
 * The profile that is named, or else the current one, of ~/.hcloud/config.json.
 * @param {{ profile?: string, path?: string, region?: string }} [options]
 */
export function fromKooCli({ profile, path, region } = {}) {
  return async () => {
    const file = path ?? atHome(WHO, ".hcloud", "config.json");
    const config = readConfig(
      file,
      await readText(WHO, file, path === undefined ? unlessThere : failed),
    );
    const name = profile ?? text(config.current) ?? "default";
    /** @type {any[]} */
    const profiles = Array.isArray(config.profiles) ? config.profiles : [];
    const found = profiles.find((each) => each?.name === name);
    if (!found) {
      const names = profiles.map((each) => text(each?.name)).filter((each) => each);
      throw absent(
        `${WHO}: ${file} has no profile "${name}"; there are ${names.join(", ") || "none"}`,
      );
    }
    // KooCLI encrypts what it stores unless told otherwise, with a key of its own.
    if (String(config.authEncrypt) === "true") {
      const command = "hcloud configure set --cli-auth-encrypt=false";
      throw absent(
        `${WHO}: the keys in ${file} are encrypted; \`${command}\` stores them readable`,
      );
    }
    const { mode, accessKeyId, secretAccessKey, securityToken, projectId } = found;
    if (text(mode) && mode !== "AKSK") {
      const other = mode === "ecsAgency" ? "; fromMetadata asks for such keys" : "";
      throw absent(`${WHO}: profile "${name}" in ${file} is of mode ${mode}, not AKSK${other}`);
    }
    const [ak, sk] = [text(accessKeyId), text(secretAccessKey)];
    if (!ak || !sk)
      throw missing(Boolean(ak || sk))(
        `${WHO}: profile "${name}" in ${file} has no ${ak ? "secret" : "access"} key`,
      );
    // A project is one of a region: that of another region would only be refused.
    const fits = region === undefined || !text(found.region) || found.region === region;
    return key(ak, sk, text(securityToken), fits ? text(projectId) : undefined);
  };
}

/**
 * @param {string} file
 * @param {string} content
 * @returns {any}
 */
function readConfig(file, content) {
  let config;
  try {
    config = JSON.parse(content);
  } catch {
    // The reason of JSON.parse repeats the text, which holds a secret.
  }
  if (config === null || typeof config !== "object")
    throw failed(`${WHO}: ${file} is no JSON object`);
  return config;
}
