// @ts-check
// One request of a provider: to an origin that may be asked, once, within its time, with an answer of a limited size.

import { failed } from "./failure.mjs";

/** An answer of these services has a few kilobytes. */
const MOST_BYTES = 1024 * 1024;

/** Of a service's own words, so many characters. */
const MESSAGE_CHARS = 200;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Headers} headers
 * @property {string} text
 */

/**
 * A URL that may be asked: https, or plain http to where `plain` says that the platform's own service is.
 * @param {string} who
 * @param {string} name Where the text comes from.
 * @param {string} text
 * @param {RegExp} plain
 */
export function checkUrl(who, name, text, plain = LOOPBACK) {
  const url = parsed(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw failed(`${who}: ${name} must be an absolute URL, for example https://iam.example.com`);
  if (url.username || url.password) throw failed(`${who}: ${name} must hold no user and password`);
  if (url.protocol === "http:" && !plain.test(url.hostname))
    throw failed(`${who}: ${name} is plain http to ${url.host}; use https`);
  return url;
}

/** @param {string} text */
function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

export const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Loopback, and the link-local addresses at which a platform's own services answer on each machine. */
export const ON_THIS_MACHINE =
  /^(localhost|127\.\d+\.\d+\.\d+|169\.254\.\d+\.\d+|\[::1\]|\[fe80:.*\])$/;

/**
 * The origin of a service's endpoint.
 * @param {string} who
 * @param {string} name
 * @param {string} text
 * @param {RegExp} [plain]
 */
export function checkOrigin(who, name, text, plain) {
  const url = checkUrl(who, name, text, plain);
  if (url.pathname !== "/" || url.search || url.hash)
    throw failed(`${who}: ${name} must be an origin: https://host[:port]`);
  return url.origin;
}

/**
 * @param {string} who
 * @param {string} url
 * @param {RequestInit} init
 * @param {number} timeoutMs For the answer as a whole.
 * @param {string} [noAnswer] What to say when there is none.
 * @returns {Promise<Answer>}
 */
export async function ask(who, url, init, timeoutMs, noAnswer) {
  const { host } = new URL(url);
  const stop = new AbortController();
  const late = failed(`${host} did not answer within ${timeoutMs} ms`);
  const timer = setTimeout(() => stop.abort(late), timeoutMs);
  try {
    // Redirects are told, not followed: what is sent here is for this host.
    const response = await fetch(url, {
      ...init,
      signal: stop.signal,
      redirect: "manual",
      cache: "no-store",
      credentials: "omit",
    });
    const { status, headers } = response;
    return { status, headers, text: await readLimited(response, stop.signal) };
  } catch (cause) {
    const why = stop.signal.aborted ? ` (${late.message})` : `: ${reasonOf(cause)}`;
    throw failed(`${who}: no answer from ${host}${noAnswer ? `; ${noAnswer}` : ""}${why}`, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** @param {any} error */
function reasonOf(error) {
  // An AggregateError, of several addresses that were tried, has no message of its own.
  const inner = error?.cause?.errors?.[0] ?? error?.cause ?? error;
  return inner?.message || inner?.code || "fetch failed";
}

/**
 * @param {Response} response
 * @param {AbortSignal} signal
 */
async function readLimited(response, signal) {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  // Where a platform's reader does not hear the signal, the time still ends.
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return text + decoder.decode();
      size += value.length;
      if (size > MOST_BYTES) {
        cancel();
        throw failed(`the answer is larger than ${MOST_BYTES} bytes`);
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/**
 * Why an answer is a refusal: its status, and what the service says, without whatever is long enough to be a secret.
 * @param {Answer} answer
 * @param {string} [secret]
 */
export function refusal({ status, headers, text }, secret) {
  if (status >= 300 && status < 400) return `HTTP ${status}, a redirect, which is not followed`;
  let said = "";
  try {
    said = saidBy(JSON.parse(text));
  } catch {
    // No JSON: a page of something in between tells nothing.
  }
  if (secret) said = said.replaceAll(secret, "…");
  said = said
    .replace(/[^\x20-\x7e\u00a0-\uffff]/g, " ")
    .replace(/[\w.~+/=%-]{24,}/g, "…")
    .slice(0, MESSAGE_CHARS);
  const id = /^[\w-]{1,64}$/.exec(headers.get("x-request-id") ?? "")?.[0];
  return `HTTP ${status}${said && `: ${said}`}${id ? ` (request ${id})` : ""}`;
}

/**
 * Code and message, in the shapes of IAM, STS and the gateway.
 * @param {any} json
 */
function saidBy(json) {
  const error = json?.error ?? json ?? {};
  const code = error.error_code ?? error.code ?? "";
  const message = error.error_msg ?? error.message ?? "";
  const texts = [code, message].filter((part) => typeof part === "string" && part);
  return texts.join(" ");
}
