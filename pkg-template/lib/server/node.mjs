// @ts-check
// A handler as a listener of Node's servers, of Express and of Connect.

import { doubt, refuse, Refusal, respond } from "./answer.mjs";
import { DRAINED_MS } from "./limits.mjs";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

/**
 * @param {import("../../server.js").DcsHandler} handler
 * @returns {import("../../server.js").NodeListener}
 */
export function toNodeListener(handler) {
  return async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    try {
      const request = toRequest(incoming, gone.signal);
      await send(await handler(request, { incoming, outgoing }), incoming, outgoing);
    } catch (error) {
      if (outgoing.headersSent) return void outgoing.destroy();
      // What failed otherwise is no text for a stranger.
      const told = error instanceof Refusal ? error : doubt(500, "PROXY_INTERNAL", "it failed");
      await send(respond(told.answer()), incoming, outgoing);
    }
  };
}

/** @param {string} why */
const malformed = (why) =>
  refuse(400, "PROXY_MALFORMED", `the request can be read in two ways: ${why}`);

/**
 * @param {IncomingMessage} incoming
 * @param {AbortSignal} signal
 */
function toRequest(incoming, signal) {
  const { method = "", rawHeaders } = incoming;
  const headers = new Headers();
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    if (name.toLowerCase() === "host") hosts++;
    headers.append(name, value);
  }
  // Two ways of telling where a body ends are how one request is smuggled inside of another.
  if (headers.has("transfer-encoding") && headers.has("content-length")) {
    throw malformed("a body has one length");
  }
  if (hosts !== 1) throw malformed("a request has one Host");
  const url = urlOf(incoming, headers.get("host") ?? "");
  const hasBody = headers.has("transfer-encoding") || Number(headers.get("content-length")) > 0;
  if (hasBody && (method === "GET" || method === "HEAD"))
    throw malformed(`a ${method} has no body`);
  // Those that fetch knows no request of.
  if (/^(?:CONNECT|TRACE|TRACK)$/i.test(method)) throw malformed("no such method");
  return new Request(url, {
    method,
    headers,
    signal,
    ...(hasBody && { body: toStream(incoming), duplex: "half" }),
  });
}

/**
 * A path that a URL would write otherwise (`..`, `%2e`, `\\`) means one thing to one reader and another to the next.
 * @param {IncomingMessage & { originalUrl?: string }} incoming
 * @param {string} host
 */
function urlOf({ url, originalUrl, socket }, host) {
  // Express takes the path it is mounted at from `url`.
  const target = originalUrl ?? url ?? "";
  const origin = `${"encrypted" in socket && socket.encrypted ? "https" : "http"}://${host}`;
  const isHost = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host);
  const made = isHost && URL.canParse(origin + target) ? new URL(origin + target) : undefined;
  if (!made || !target.startsWith("/") || made.pathname + made.search !== target) {
    throw malformed("Host or path are not written as those of a URL are");
  }
  return made;
}

/**
 * The body, read as it is asked for.
 * @param {IncomingMessage} incoming
 */
function toStream(incoming) {
  let open = true;
  /** @param {() => void} end */
  const finish = (end) => {
    if (open) end();
    open = false;
  };
  return new ReadableStream(
    {
      start(controller) {
        // A middleware in front may have read it: there is nothing left then.
        if (incoming.readableEnded) return finish(() => controller.close());
        incoming.on("data", (/** @type {Buffer} */ piece) => {
          if (!open) return;
          controller.enqueue(new Uint8Array(piece));
          incoming.pause();
        });
        incoming.on("end", () => finish(() => controller.close()));
        incoming.on("error", (error) => finish(() => controller.error(error)));
        incoming.pause();
      },
      pull: () => void incoming.resume(),
      cancel: () => void (open = false),
    },
    { highWaterMark: 0 },
  );
}

/**
 * @param {Response} response
 * @param {IncomingMessage} incoming
 * @param {ServerResponse} outgoing
 */
async function send(response, incoming, outgoing) {
  if (outgoing.destroyed) return;
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("Set-Cookie", cookies);
  const reader = response.body?.getReader();
  for (let piece; reader && !(piece = await reader.read()).done;) {
    if (outgoing.destroyed) return void reader.cancel();
    if (!outgoing.write(piece.value)) {
      await new Promise((resolve) => {
        outgoing.once("drain", resolve);
        outgoing.once("close", resolve);
      });
    }
  }
  outgoing.end();
  if (!incoming.complete) drain(incoming);
}

/**
 * Reads on for a moment what nobody wants of a body: a connection that is closed before may take the answer along.
 * @param {IncomingMessage} incoming
 */
function drain(incoming) {
  incoming.on("error", () => {});
  incoming.resume();
  // The connection may be at its next request by then; that one is not meant.
  setTimeout(() => incoming.complete || incoming.socket.destroy(), DRAINED_MS);
}
