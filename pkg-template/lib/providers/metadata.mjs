// @ts-check
// The metadata service of a cloud server: a temporary key of the server's agency.

import { failed } from "./failure.mjs";
import { checkToken } from "./file.mjs";
import { ON_THIS_MACHINE, ask, checkOrigin, refusal } from "./http.mjs";
import { readKey } from "./key.mjs";
import { refreshed } from "./refresh.mjs";

const WHO = "metadata service";
const ENDPOINT = "http://169.254.169.254";

/** The official cores ask for a token of six hours, look once a day whether there are tokens, and wait three seconds. */
const TOKEN_SECONDS = "21600";
const LOOK_FOR_TOKENS_MS = 24 * 3600 * 1000;
const TIMEOUT_MS = 3000;

/** How the service says that the server has no agency; any other 401 is about the token. */
const NO_AGENCY = "Please configure Cloud Service Agency first";

/** @param {{ endpoint?: string, timeoutMs?: number }} [options] */
export function fromMetadata({ endpoint = ENDPOINT, timeoutMs = TIMEOUT_MS } = {}) {
  /** @type {string | undefined} */
  let token;
  let lookedAt = -Infinity;

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  const request = (path, init) => {
    const origin = checkOrigin(WHO, "endpoint", endpoint, ON_THIS_MACHINE);
    return ask(WHO, origin + path, init, timeoutMs, "is this a cloud server with an agency?");
  };

  /** @param {boolean} needed */
  const renew = async (needed) => {
    const headers = { "X-Metadata-Token-Ttl-Seconds": TOKEN_SECONDS };
    const answer = await request("/meta-data/latest/api/token", { method: "PUT", headers });
    lookedAt = performance.now();
    token = undefined;
    // An older service knows no tokens.
    if (!needed && [404, 405, 503].includes(answer.status)) return;
    if (answer.status !== 200) throw failed(`${WHO}: it gives no token: ${refusal(answer)}`);
    token = checkToken(WHO, answer.text.trim(), "the answer");
  };

  const readSecurityKey = () => {
    /** @type {Record<string, string>} */
    const headers = token === undefined ? {} : { "X-Metadata-Token": token };
    return request("/openstack/latest/securitykey", { headers });
  };

  return refreshed(async () => {
    if (token === undefined && performance.now() - lookedAt > LOOK_FOR_TOKENS_MS)
      await renew(false);
    let answer = await readSecurityKey();
    if (answer.status === 401 && !answer.text.includes(NO_AGENCY)) {
      await renew(true);
      answer = await readSecurityKey();
    }
    if (answer.status !== 200)
      throw failed(`${WHO}: ${refusal(answer, token)}; does the server have an agency?`);
    return readKey(WHO, answer.text);
  });
}
