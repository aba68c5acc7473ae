// @ts-check
// An answer of the core as a Response, or as what a fetch makes of a connection that misbehaves.

/** @typedef {[name: string, bytes: Uint8Array | undefined, number: number]} Step */
/** @typedef {[status: number, headers: string[], body: Uint8Array, script: Step[] | undefined]} Answer */
/** @typedef {(ms: number) => Promise<void>} Sleep */

/** Statuses whose response has no body. */
const EMPTY = new Set([204, 205, 304]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const HEAD_END = "\r\n\r\n";

/** What fetch rejects with when a connection fails. @param {string} why */
const failed = (why) => new TypeError("fetch failed", { cause: new Error(why) });

/**
 * @param {Answer} answer
 * @param {Request} request
 * @param {Sleep} sleep
 * @returns {Promise<Response>}
 */
export async function play([status, pairs, body, script], request, sleep) {
  if (script) return playScript(script, request, sleep);
  const headers = new Headers();
  for (let at = 0; at < pairs.length; at += 2)
    headers.append(String(pairs[at]), String(pairs[at + 1]));
  if (REDIRECTS.has(status) && request.redirect !== "manual") {
    throw failed(`a redirection to ${headers.get("location")}, which is not followed here`);
  }
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (body);
  return new Response(EMPTY.has(status) ? null : bytes, { status, headers });
}

/** Rejects when the request is aborted. @param {AbortSignal} signal @returns {Promise<never>} */
export function abortOf(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** @param {Step[]} steps @param {Request} request @param {Sleep} sleep */
async function playScript(steps, { signal }, sleep) {
  const bytes = wire(steps, sleep);
  const gone = abortOf(signal);
  gone.catch(() => {});
  const next = () => Promise.race([bytes.next(), gone]);
  let text = "";
  /** @type {{ status: number, headers: Headers } | undefined} */
  let head;
  while (!head) {
    const { value, done } = await next();
    if (done) throw failed("the connection ended before the answer");
    text += latin1(value);
    for (let end = text.indexOf(HEAD_END); end >= 0 && !head; end = text.indexOf(HEAD_END)) {
      const parsed = parseHead(text.slice(0, end));
      text = text.slice(end + HEAD_END.length);
      // Informational answers come before the real one.
      if (parsed.status >= 200) head = parsed;
    }
  }
  const { status, headers } = head;
  const framed = headers.get("transfer-encoding") === "chunked";
  const promised = headers.has("content-length") ? Number(headers.get("content-length")) : Infinity;
  for (const name of ["transfer-encoding", "connection"]) headers.delete(name);
  let told = 0;
  let first = fromLatin1(text);
  const stream = new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = first.length > 0 ? { value: first, done: false } : await next();
        first = new Uint8Array();
        if (done) {
          if (promised !== Infinity && told < promised)
            throw new TypeError("terminated", { cause: new Error("other side closed") });
          controller.close();
          return;
        }
        const piece = framed ? unframed(value) : value;
        told += piece.length;
        controller.enqueue(piece);
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      await bytes.return(undefined);
    },
  });
  return new Response(EMPTY.has(status) ? null : stream, { status, headers });
}

/**
 * What comes over the wire, piece by piece.
 * @param {Step[]} steps
 * @param {Sleep} sleep
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
async function* wire(steps, sleep) {
  for (const [name, bytes = new Uint8Array(), number] of steps) {
    if (name === "write") yield bytes;
    else if (name === "trickle") {
      for (const byte of bytes) {
        await sleep(number);
        yield Uint8Array.of(byte);
      }
    } else if (name === "repeat") {
      for (let left = number; left > 0; left -= bytes.length)
        yield bytes.subarray(0, Math.min(left, bytes.length));
    } else if (name === "endless") {
      for (;;) {
        // A reader that takes everything must not keep timers and aborts from running.
        await sleep(0);
        yield bytes;
      }
    } else if (name === "hang") await new Promise(() => {});
    else if (name === "reset") throw failed("read ECONNRESET");
  }
}

/** @param {string} text status line and headers */
function parseHead(text) {
  const [line = "", ...lines] = text.split("\r\n");
  const headers = new Headers();
  for (const each of lines) {
    const at = each.indexOf(": ");
    headers.append(each.slice(0, at), each.slice(at + 2));
  }
  return { status: Number(line.split(" ")[1]), headers };
}

/** A chunk without its length before and its line's end after. @param {Uint8Array} chunk */
const unframed = (chunk) => chunk.subarray(chunk.indexOf(10) + 1, chunk.length - 2);

/** @param {Uint8Array} bytes */
const latin1 = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** @param {string} text */
const fromLatin1 = (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
