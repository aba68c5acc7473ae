// @ts-check
// Whether a request comes from a page of the handler's own origin. A session's cookie goes along with whatever a browser
// sends, so a page of somebody else must not be able to make a request that is answered.

import { refuse } from "./answer.mjs";

/** A header that no form can send, and that a script of another origin may send only after a preflight, which is refused. */
export const HEADER = "x-dcs-request";

/**
 * @param {Request} request
 * @param {string} urlHost Of the request's URL.
 * @param {string[] | undefined} origins Those that are the handler's own; that of the request unless given.
 */
export function checkOrigin({ headers }, urlHost, origins) {
  // Some frameworks make the URL of the address that they listen at, whatever the browser called it.
  const host = headers.get("host")?.toLowerCase() ?? urlHost;
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") throw crossSite("Sec-Fetch-Site is not same-origin");
  const origin = headers.get("origin");
  if (origin !== null && !(origins ? origins.includes(origin) : isOf(origin, host))) {
    throw crossSite("Origin is not that of the back end");
  }
  if (headers.get(HEADER) !== "1") throw crossSite("the header X-Dcs-Request: 1 is missing");
}

/**
 * Whether a host is that of an origin, with the port of its scheme or without. The scheme is the origin's: behind a proxy
 * that ends TLS, the back end does not know its own.
 * @param {string} origin
 * @param {string} host
 */
function isOf(origin, host) {
  try {
    const url = new URL(origin);
    return url.origin === origin && new URL(`${url.protocol}//${host}`).host === url.host;
  } catch {
    return false;
  }
}

/** @param {string} why */
const crossSite = (why) =>
  refuse(403, "PROXY_CROSS_SITE", `not a request of the back end's own page: ${why}`);
