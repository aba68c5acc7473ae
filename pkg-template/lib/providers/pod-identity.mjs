// @ts-check
// Pod identity of a Kubernetes cluster: an agent on the node gives a temporary key for the token of the pod.

import { variable } from "../environment.mjs";
import { missing } from "./failure.mjs";
import { ON_THIS_MACHINE, ask, checkUrl } from "./http.mjs";
import { readKey } from "./key.mjs";
import { refreshed } from "./refresh.mjs";
import { withToken } from "./token.mjs";

const WHO = "pod identity";
const URI = "HC_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN_FILE = "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/** As the official cores wait. */
const TIMEOUT_MS = 5000;

/** @param {{ uri?: string, tokenFile?: string, timeoutMs?: number }} [options] */
export function fromPodIdentity(options = {}) {
  return refreshed(async () => {
    const uri = options.uri ?? variable(URI);
    const file = options.tokenFile ?? variable(TOKEN_FILE);
    if (!uri || !file)
      throw missing(Boolean(uri || file))(`${WHO}: ${uri ? TOKEN_FILE : URI} is not set`);
    const { href } = checkUrl(WHO, URI, uri, ON_THIS_MACHINE);
    const { text } = await withToken(WHO, file, (token) => {
      const headers = { Authorization: token, "Content-Type": "application/json" };
      return ask(
        WHO,
        href,
        { method: "POST", headers, body: "{}" },
        options.timeoutMs ?? TIMEOUT_MS,
      );
    });
    return readKey(WHO, text);
  });
}
