// @ts-check
// The answers of the handler: the service's own, or its own refusals in the shape of a service's error.

/**
 * An answer before it is a Response: what is kept for a repeated request has to be plain.
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} body
 * @property {Record<string, string>} headers Those that are the answer's own; {@link respond} adds the rest.
 */

/** What to do, for whoever reads the error in the page. Each names the back end: the page can mend nothing. */
const HINTS = new Map([
  ["PROXY_FORBIDDEN", "The back end does not let this user do this: its `authorize` decides."],
  [
    "PROXY_CROSS_SITE",
    "The back end answers only pages of its own origin; list others that are yours in `origins`.",
  ],
  ["PROXY_AUTHORIZE", "The back end's `authorize` failed: see the log of the back end."],
  [
    "PROXY_AUDIT",
    "The back end could not write its audit, so it did not send the swap: see its log.",
  ],
  [
    "PROXY_STORE",
    "The back end's `idempotency` store failed, so it did not send the swap: see its log.",
  ],
  ["PROXY_CREDENTIALS", "The back end has no credentials that it could use: see its log."],
  ["PROXY_CONFIGURATION", "The back end is not set up for this: see its log."],
  ["PROXY_CONNECTION", "The back end could not reach the service: see its log."],
  [
    "PROXY_SWAP_UNDER_WAY",
    "Wait until the first swap of this instance has ended, and read the roles.",
  ],
  ["PROXY_BUSY", "The back end has too much at hand: try again later."],
  [
    "PROXY_OUTCOME_UNKNOWN",
    "The back end cannot tell what became of the first request: read the roles.",
  ],
]);

/** What the handler refuses; thrown, and answered as the error of a service. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {Record<string, string>} headers
   */
  constructor(status, code, message, headers) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    /** What became of a swap; what the handler refuses was not sent, unless it says otherwise. */
    this.outcome = "not_sent";
  }

  /** @returns {Answer} */
  answer() {
    const hint = HINTS.get(this.code);
    const body = {
      error_code: this.code,
      error_msg: this.message,
      ...(hint && { error_ext_msg: hint }),
      outcome: this.outcome,
    };
    return { status: this.status, body: JSON.stringify(body), headers: this.headers };
  }
}

/**
 * @param {number} status
 * @param {string} code `PROXY_...`
 * @param {string} message
 * @param {Record<string, string>} [headers]
 */
export const refuse = (status, code, message, headers = {}) =>
  new Refusal(status, code, message, headers);

/**
 * A refusal of what may have been sent.
 * @param {number} status
 * @param {string} code
 * @param {string} message
 */
export function doubt(status, code, message) {
  const refusal = refuse(status, code, message);
  refusal.outcome = "unknown";
  return refusal;
}

/**
 * @param {unknown} value
 * @returns {Answer}
 */
export const json = (value) => ({ status: 200, body: JSON.stringify(value), headers: {} });

/** Of every answer: nothing keeps it, and no browser takes it for a page. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** Statuses whose answers have no body. */
const EMPTY = new Set([204, 205, 304]);

/** @param {Answer} answer */
export function respond({ status, body, headers }) {
  if (EMPTY.has(status)) return new Response(null, { status, headers: { ...headers, ...HEADERS } });
  // A proxy's page, or what was cut, is a text: no browser shows it as a page of the back end.
  const type = {
    "Content-Type": `${isJson(body) ? "application/json" : "text/plain"}; charset=utf-8`,
  };
  return new Response(body, { status, headers: { ...type, ...headers, ...HEADERS } });
}

/** @param {string} text */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
