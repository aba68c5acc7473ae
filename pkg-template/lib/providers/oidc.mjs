// @ts-check
// OpenID Connect at STS: the token of an OIDC provider becomes a temporary key of an agency.

import { variable } from "../environment.mjs";
import { stsOrigin } from "./endpoints.mjs";
import { failed, missing } from "./failure.mjs";
import { ask } from "./http.mjs";
import { readKey } from "./key.mjs";
import { refreshed } from "./refresh.mjs";
import { withToken } from "./token.mjs";

const WHO = "OIDC at STS";
const SESSION_NAME = "oidc-sts-session";
const KEY_SECONDS = "3600";
const TIMEOUT_MS = 10_000;

/** @param {string} name */
const oidc = (name) => variable(`HUAWEICLOUD_OIDC_${name}`);

/**
 * @typedef {object} Options
 * @property {string} [providerUrn]
 * @property {string} [agencyUrn]
 * @property {string | (() => string | Promise<string>)} [idToken]
 * @property {string} [idTokenFile]
 * @property {string} [sessionName]
 * @property {number} [durationSeconds]
 * @property {string} [policy]
 * @property {string[]} [policyIds]
 * @property {string} [projectId]
 * @property {string} [stsEndpoint]
 * @property {string} [region]
 * @property {number} [timeoutMs]
 */

/**
 * The token: given, else of the environment, else of a file, as the Python core looks for it.
 * @param {Options} options
 */
function sourceOf({ idToken, idTokenFile }) {
  if (idToken !== undefined) return { token: idToken, from: "idToken" };
  if (idTokenFile !== undefined) return idTokenFile;
  const token = oidc("ID_TOKEN");
  return token ? { token, from: "HUAWEICLOUD_OIDC_ID_TOKEN" } : oidc("TOKEN_FILE");
}

/** @param {Options} options */
function durationOf({ durationSeconds }) {
  const seconds = durationSeconds ?? Number(oidc("DURATION_SECONDS") ?? KEY_SECONDS);
  if (!Number.isSafeInteger(seconds) || seconds <= 0) {
    const name =
      durationSeconds === undefined ? "HUAWEICLOUD_OIDC_DURATION_SECONDS" : "durationSeconds";
    throw failed(`${WHO}: ${name} must be a whole number of seconds`);
  }
  return seconds;
}

/** @param {Options} [options] */
export function fromOidc(options = {}) {
  return refreshed(async () => {
    const providerUrn = options.providerUrn ?? oidc("PROVIDER_URN");
    const agencyUrn = options.agencyUrn ?? oidc("AGENCY_URN");
    const source = sourceOf(options);
    if (!providerUrn || !agencyUrn || !source) {
      const part = !providerUrn ? "PROVIDER_URN" : !agencyUrn ? "AGENCY_URN" : "TOKEN_FILE";
      // A token by itself may be there for other programs.
      throw missing(Boolean(providerUrn || agencyUrn))(
        `${WHO}: HUAWEICLOUD_OIDC_${part} is not set`,
      );
    }
    const policy = options.policy ?? oidc("POLICY");
    const listed = oidc("POLICY_IDS")
      ?.split(",")
      .map((id) => id.trim());
    const policyIds = options.policyIds ?? listed?.filter((id) => id !== "") ?? [];
    const asked = {
      provider_urn: providerUrn,
      agency_urn: agencyUrn,
      agency_session_name: options.sessionName ?? oidc("SESSION_NAME") ?? SESSION_NAME,
      duration_seconds: durationOf(options),
      ...(policy && { policy }),
      ...(policyIds.length > 0 && { policy_ids: policyIds }),
    };
    const sts = stsOrigin(WHO, options.stsEndpoint, options.region);
    const { text } = await withToken(WHO, source, (token) => {
      const init = {
        method: "POST",
        headers: { "Content-Type": "application/json;charset=UTF-8" },
        body: JSON.stringify({ ...asked, id_token: token }),
      };
      return ask(WHO, `${sts}/v5/agencies/assume-with-oidc`, init, options.timeoutMs ?? TIMEOUT_MS);
    });
    const projectId = options.projectId ?? variable("HUAWEICLOUD_SDK_PROJECT_ID");
    return { ...readKey(WHO, text), ...(projectId && { projectId }) };
  });
}
