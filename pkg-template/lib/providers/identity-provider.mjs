// @ts-check
// An identity provider that IAM trusts: its token becomes a token of IAM, and that a temporary key.

import { variable } from "../environment.mjs";
import { iamOrigin } from "./endpoints.mjs";
import { failed, missing } from "./failure.mjs";
import { checkToken } from "./file.mjs";
import { ask, refusal } from "./http.mjs";
import { readKey } from "./key.mjs";
import { refreshed } from "./refresh.mjs";
import { withToken } from "./token.mjs";

const WHO = "identity provider";
const IDP_ID = "HUAWEICLOUD_SDK_IDP_ID";
const TOKEN_FILE = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";

/** The life of a key that the official cores ask for. */
const KEY_SECONDS = 6 * 3600;
const TIMEOUT_MS = 10_000;
const JSON_TYPE = "application/json;charset=UTF-8";

/**
 * @typedef {object} Options
 * @property {string} [idpId]
 * @property {string} [idTokenFile]
 * @property {string} [projectId]
 * @property {string} [iamEndpoint]
 * @property {string} [region]
 * @property {number} [timeoutMs]
 */

/** @param {Options} [options] */
export function fromIdentityProvider(options = {}) {
  return refreshed(async () => {
    const idpId = options.idpId ?? variable(IDP_ID);
    const file = options.idTokenFile ?? variable(TOKEN_FILE);
    if (!idpId || !file)
      throw missing(Boolean(idpId || file))(`${WHO}: ${idpId ? TOKEN_FILE : IDP_ID} is not set`);
    if (!/^[\x20-\x7e]+$/.test(idpId)) throw failed(`${WHO}: ${IDP_ID} holds no id`);
    const iam = iamOrigin(WHO, options.iamEndpoint, options.region);
    /** @type {(path: string, body: unknown, headers?: Record<string, string>) => ReturnType<typeof ask>} */
    const post = (path, body, headers) => {
      const init = {
        method: "POST",
        headers: { ...headers, "Content-Type": JSON_TYPE },
        body: JSON.stringify({ auth: body }),
      };
      return ask(WHO, iam + path, init, options.timeoutMs ?? TIMEOUT_MS);
    };
    const { headers } = await withToken(WHO, file, (id) =>
      post("/v3.0/OS-AUTH/id-token/tokens", { id_token: { id } }, { "X-Idp-Id": idpId }),
    );
    const id = headers.get("x-subject-token");
    if (!id) throw failed(`${WHO}: IAM took the token of ${file}, but gave none of its own`);
    checkToken(WHO, id, "IAM's answer");
    const token = { id, duration_seconds: KEY_SECONDS };
    const answer = await post("/v3.0/OS-CREDENTIAL/securitytokens", {
      identity: { methods: ["token"], token },
    });
    if (answer.status < 200 || answer.status > 299)
      throw failed(`${WHO}: IAM gives no temporary key: ${refusal(answer, id)}`);
    const projectId = options.projectId ?? variable("HUAWEICLOUD_SDK_PROJECT_ID");
    return {
      ...readKey(WHO, answer.text),
      ...(projectId && { projectId }),
      // Whom to ask for the project id.
      ...(!projectId && options.iamEndpoint && { iamEndpoint: options.iamEndpoint }),
    };
  });
}
