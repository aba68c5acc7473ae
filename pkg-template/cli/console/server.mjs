// @ts-check
// The console on loopback: its files, and the back end, for whoever opened the one-time address.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { createDcsHandler, toNodeListener } from "huaweicloud-dcs/server";
import { Files } from "./files.mjs";

/** @typedef {import("huaweicloud-dcs/server").DcsHandlerOptions} DcsHandlerOptions */

/** The page runs its own files and calls its own back end, nothing else; no other page shows it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  // The console offline would be a picture of what was.
  "worker-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

const COOKIE = "dcs-console";

const random = () => randomBytes(24).toString("base64url");

/**
 * Whether two secrets are the same, in a time that tells nothing of where they differ.
 * @param {string} a
 * @param {string} b
 */
function isSame(a, b) {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * @typedef {object} ConsoleOptions
 * @property {string} user Whom the audit names.
 * @property {boolean} readOnly
 * @property {number} port 0: a free one.
 * @property {Omit<DcsHandlerOptions, "authorize" | "basePath">} handler
 * @property {string} [folder] Of the page's files; the package's own unless given.
 */

export class ConsoleServer {
  /** Of this run: what asks for it gets told that it runs. */
  id = random();
  /** When somebody with the cookie last asked for something, by the monotonic clock. */
  active = performance.now();
  /** Requests of the back end under way. */
  busy = 0;
  #options;
  #files;
  // Cookies are for all ports of a host. One below a path that nobody can guess is sent to no other server of this machine.
  #base = `/${random()}`;
  #cookie = random();
  /** Good for one visit. @type {string | undefined} */
  #token = random();
  #port = 0;
  /** No swap begins any more. */
  #isClosing = false;
  /** @type {import("huaweicloud-dcs/server").DcsHandler} */
  #handler;
  #server;

  /** @param {ConsoleOptions} options */
  constructor(options) {
    this.#options = options;
    this.#files = new Files(options.folder);
    this.#handler = createDcsHandler({
      ...options.handler,
      basePath: `${this.#base}/dcs`,
      // Who has no cookie does not come so far.
      authorize: ({ effect }) =>
        effect === "read" || !(options.readOnly || this.#isClosing)
          ? { user: options.user }
          : false,
    });
    this.#server = createServer(toNodeListener((request) => this.#answer(request)));
  }

  /** Listens; gives the address that is good for one visit. */
  async listen() {
    const { port } = this.#options;
    await new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => resolve(undefined));
    });
    this.#port = /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
    return `${this.origin}${this.#base}/?token=${this.#token}`;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends when what is under way has ended: a swap is not left without its answer. */
  async close() {
    this.#isClosing = true;
    while (this.busy > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** @param {Request} request */
  async #answer(request) {
    const { headers, method } = request;
    const { pathname, searchParams } = new URL(request.url);
    // A name that somebody else's DNS has pointed at this machine is not this console's.
    if (headers.get("host") !== new URL(this.origin).host)
      return text(421, "This is not the console's address.");
    if (pathname === `/running/${this.id}`)
      return new Response(null, { status: 204, headers: HEADERS });
    if (!pathname.startsWith(`${this.#base}/`)) return text(404, "There is nothing here.");
    if (searchParams.has("token")) return this.#enter(request, searchParams.get("token") ?? "");
    const path = pathname.slice(this.#base.length + 1);
    // Browsers ask for a page's manifest without its cookie; there is nothing in it.
    if (!this.#hasCookie(headers) && !path.endsWith(".webmanifest")) {
      return text(
        403,
        "Open the address that the command printed, in this browser. It can be used once.",
      );
    }
    if (path.startsWith("dcs/")) return this.#ask(request);
    const site = headers.get("sec-fetch-site") ?? "none";
    if (site !== "none" && site !== "same-origin") return text(403, "This is not for other pages.");
    if (method !== "GET") return text(405, "This is a file.");
    if (path === "config.json")
      return Response.json({ server: `${this.#base}/dcs` }, { headers: HEADERS });
    const file = await this.#files.answer(path);
    if (!file) return text(404, "There is nothing here.");
    return new Response(new Uint8Array(file.body), {
      headers: { ...HEADERS, "Content-Type": file.type },
    });
  }

  /** @param {Request} request */
  async #ask(request) {
    this.active = performance.now();
    this.busy++;
    try {
      return await this.#handler(request);
    } finally {
      this.busy--;
      this.active = performance.now();
    }
  }

  /** @param {Headers} headers */
  #hasCookie(headers) {
    const cookies = (headers.get("cookie") ?? "").split(/; */);
    return cookies.some((cookie) => isSame(cookie, `${COOKIE}=${this.#cookie}`));
  }

  /**
   * Trades the one-time address for the cookie. What looks ahead, a browser that fetches a link before it is followed,
   * does not spend it.
   * @param {Request} request
   * @param {string} token
   */
  #enter({ method, headers }, token) {
    if (method !== "GET" || headers.has("sec-purpose") || headers.get("purpose") === "prefetch") {
      return text(405, "Open this address in a browser.");
    }
    if (this.#token === undefined || !isSame(token, this.#token)) {
      return text(
        403,
        "This address has been used already; it can be used once. If that was not you, stop the console " +
          "(Ctrl+C in its terminal) and start it again.",
      );
    }
    this.#token = undefined;
    this.active = performance.now();
    // A page that goes on by itself: after a redirect from elsewhere, a browser would keep a strict cookie back.
    const page =
      '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=./"><title>Console</title>';
    return new Response(page, {
      headers: {
        ...HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Set-Cookie": `${COOKIE}=${this.#cookie}; Path=${this.#base}/; HttpOnly; SameSite=Strict`,
      },
    });
  }
}

/**
 * @param {number} status
 * @param {string} message
 */
const text = (status, message) =>
  new Response(`${message}\n`, {
    status,
    headers: { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" },
  });
