// @ts-check
// The profile file of the official SDKs: an access key, or an identity provider.

import { variable } from "../environment.mjs";
import { failed } from "./failure.mjs";
import { atHome, readText, unlessThere } from "./file.mjs";
import { fromIdentityProvider } from "./identity-provider.mjs";
import { key } from "./key.mjs";
import { keeping } from "./refresh.mjs";

const WHO = "profile file";

/** The keys of a profile file, and what they are called here. */
const KEYS = new Map([
  ["ak", "ak"],
  ["sk", "sk"],
  ["security_token", "securityToken"],
  ["project_id", "projectId"],
  ["iam_endpoint", "iamEndpoint"],
  ["idp_id", "idpId"],
  ["id_token_file", "idTokenFile"],
]);

/**
 * Reads a profile file as the official Python core does (configparser): section [basic], `=` or `:` after the key, `#` and
 * `;` start a comment line, keys in any case; of two equal keys none wins. Messages name the line, never its text.
 * @param {string} text
 */
export function parse(text) {
  /** @type {Record<string, string>} */
  const profile = {};
  let basic = false;
  let found = false;
  for (const [index, whole] of text
    .replace(/^\uFEFF+/, "")
    .split("\n")
    .entries()) {
    const line = whole.trim();
    const wrong = (/** @type {string} */ why) => failed(`${WHO}, line ${index + 1}: ${why}`);
    if (line === "" || /^[#;]/.test(line)) continue;
    if (line.startsWith("[")) {
      const end = line.indexOf("]");
      if (end < 0) throw wrong("a section without ]");
      basic = line.slice(1, end) === "basic";
      found ||= basic;
    } else if (basic) {
      const at = line.search(/[=:]/);
      if (at < 0) throw wrong("neither [section] nor key = value");
      // Other keys belong to other tools.
      const name = KEYS.get(line.slice(0, at).trim().toLowerCase());
      if (!name) continue;
      if (name in profile) throw wrong("a key stands twice");
      profile[name] = line.slice(at + 1).trim();
    }
  }
  if (!found) throw failed(`${WHO}: no section [basic]`);
  return profile;
}

/**
 * Section [basic] of ~/.huaweicloud/credentials, or of the file that HUAWEICLOUD_SDK_CREDENTIALS_FILE names.
 * @param {{ path?: string, region?: string, iamEndpoint?: string }} [options]
 */
export function fromProfile({ path, region, iamEndpoint } = {}) {
  /** @type {{ asked: string, provider: ReturnType<typeof fromIdentityProvider> } | undefined} */
  let identity;
  return keeping(async () => {
    const named = path ?? variable("HUAWEICLOUD_SDK_CREDENTIALS_FILE");
    const file = named ?? atHome(WHO, ".huaweicloud", "credentials");
    const profile = parse(await readText(WHO, file, named === undefined ? unlessThere : failed));
    const { ak, sk, securityToken, projectId, idpId, idTokenFile } = profile;
    // As in the official cores, the file's own endpoint goes over that of the environment; an option goes over both.
    const iam = iamEndpoint ?? (profile.iamEndpoint || undefined);
    if (idpId && idTokenFile) {
      const asked = JSON.stringify([idpId, idTokenFile, projectId, iam]);
      if (identity?.asked !== asked) {
        const options = { idpId, idTokenFile, projectId, region, iamEndpoint: iam };
        identity = { asked, provider: fromIdentityProvider(options) };
      }
      return identity.provider();
    }
    if (!ak || !sk)
      throw failed(`${WHO}: ${file} has neither ak and sk nor idp_id and id_token_file in [basic]`);
    return {
      ...key(ak, sk, securityToken, projectId),
      // Whom to ask for the project id.
      ...(iam && !projectId && { iamEndpoint: iam }),
    };
  });
}
