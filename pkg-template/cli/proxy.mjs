// @ts-check
// An HTTP proxy, for every request of the command: Node's own fetch knows none before version 24, and there only when it
// is told at the start of the process.

import { request as sendPlain } from "node:http";
import { request as sendSecure } from "node:https";
import { Readable } from "node:stream";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { UsageError } from "./exit.mjs";

/** The metadata service of a cloud server is on the machine's own link: no proxy reaches it. */
const LINK_LOCAL = /^169\.254\./;

/** Answers without a body; a Response of such a status takes none. */
const BODILESS = new Set([204, 205, 304]);

/**
 * Has every fetch of this process go through the proxy that is given, or that the environment names (HTTPS_PROXY,
 * HTTP_PROXY, ALL_PROXY, NO_PROXY, in either case).
 * @param {string | undefined} proxy An http or https URL; an empty text is none, whatever the environment says.
 */
export function useProxy(proxy) {
  if (proxy === "") return useNone();
  const given = proxy === undefined ? undefined : proxyUrl(proxy, "--proxy");
  const named = /^(https?|all)_proxy$/i;
  if (!given && !Object.entries(process.env).some(([name, value]) => value && named.test(name)))
    return;
  const direct = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (LINK_LOCAL.test(url.hostname)) return direct(request);
    const through = given ?? fromEnvironment(url.href);
    return through ? send(request, through) : direct(request);
  };
}

/** Node 24 reads the environment itself, if it was told to: not so after this. */
function useNone() {
  for (const name of ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"]) {
    delete process.env[name];
    delete process.env[name.toLowerCase()];
  }
}

/** @param {string} url */
function fromEnvironment(url) {
  const found = getProxyForUrl(url);
  return found ? proxyUrl(found, "the proxy of the environment") : undefined;
}

/** @param {string} text @param {string} field */
function proxyUrl(text, field) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text may hold a password: it is not repeated.
  if (!url || !["http:", "https:"].includes(url.protocol) || !url.hostname)
    throw new UsageError(`${field} must be a URL that starts with http:// or https://`);
  return url;
}

/**
 * Sends a request once, over a tunnel of its own (CONNECT).
 * @param {Request} request @param {URL} proxy
 * @returns {Promise<Response>}
 */
async function send(request, proxy) {
  const url = new URL(request.url);
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
  const agent = new HttpsProxyAgent(proxy, { keepAlive: false });
  const { promise, resolve, reject } = withResolvers();
  const sent = (url.protocol === "https:" ? sendSecure : sendPlain)(url, {
    agent,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    signal: request.signal,
  });
  let tunnel = 0;
  sent.on("proxyConnect", ({ statusCode }) => (tunnel = statusCode));
  sent.on("error", (cause) => reject(new TypeError(`the proxy ${proxy.host}`, { cause })));
  sent.on("response", (answer) => {
    // What a proxy says when it opens no tunnel would look like the service's answer.
    if (tunnel !== 200) {
      answer.destroy();
      const why = tunnel === 407 ? "HTTP 407: it wants a user and password" : `HTTP ${tunnel}`;
      return reject(new TypeError(`the proxy ${proxy.host} opens no tunnel (${why})`));
    }
    const { statusCode: status = 0, headers } = answer;
    if (status >= 300 && status < 400 && headers.location && request.redirect === "error") {
      answer.destroy();
      return reject(new TypeError("the service answered with a redirect"));
    }
    try {
      const stream = BODILESS.has(status) ? null : Readable.toWeb(answer);
      resolve(new Response(/** @type {any} */ (stream), { status, headers: pairs(headers) }));
    } catch (error) {
      answer.destroy();
      reject(error);
    }
  });
  sent.end(body);
  return promise;
}

/** `Promise.withResolvers`, which Node has from version 22 on. */
function withResolvers() {
  /** @type {(response: Response) => void} */
  let resolve = () => {};
  /** @type {(error: unknown) => void} */
  let reject = () => {};
  /** @type {Promise<Response>} */
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/**
 * @param {import("node:http").IncomingHttpHeaders} headers
 * @returns {[string, string][]}
 */
const pairs = (headers) =>
  Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => /** @type {[string, string]} */ ([name, one])),
  );
