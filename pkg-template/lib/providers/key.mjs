// @ts-check
// A temporary key, in each of the shapes in which the services give it.

import { failed } from "./failure.mjs";

/** @typedef {import("../../signer.js").AccessKey} AccessKey */

/** What the services call each part. */
const NAMES = {
  ak: ["access", "accessKeyId", "access_key_id"],
  sk: ["secret", "secretAccessKey", "secret_access_key"],
  securityToken: ["securitytoken", "securityToken", "security_token"],
  expiresAt: ["expires_at", "expiration"],
};

/**
 * An access key without what is empty.
 * @param {string} ak
 * @param {string} sk
 * @param {string | undefined} securityToken
 * @param {string | undefined} projectId
 * @returns {AccessKey}
 */
export const key = (ak, sk, securityToken, projectId) => ({
  ak,
  sk,
  ...(securityToken && { securityToken }),
  ...(projectId && { projectId }),
});

/**
 * Reads the answer of a service. Messages name what is missing, and repeat nothing of it.
 * @param {string} who
 * @param {string} text
 * @returns {AccessKey & { expiresAt: string }}
 */
export function readKey(who, text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    // The reason of JSON.parse repeats the text, which holds a secret.
    throw failed(`${who}: the answer is no JSON`);
  }
  const members = json?.credential ?? json?.credentials ?? json;
  if (members === null || typeof members !== "object")
    throw failed(`${who}: the answer holds no key`);
  const [ak, sk, securityToken, expiresAt] = Object.values(NAMES).map((names) => {
    const value = names.map((name) => members[name]).find((member) => member);
    return typeof value === "string" ? value : undefined;
  });
  if (!ak || !sk) throw failed(`${who}: the answer holds no key`);
  if (!securityToken) throw failed(`${who}: the answer holds a key without its security token`);
  const end = Date.parse(expiresAt ?? "");
  if (!expiresAt || Number.isNaN(end))
    throw failed(`${who}: the answer does not say when the key ends`);
  if (end <= Date.now()) {
    const ended = new Date(end).toISOString();
    throw failed(
      `${who}: the key that was given ended at ${ended}; is this machine's clock right?`,
    );
  }
  return { ak, sk, securityToken, expiresAt };
}
