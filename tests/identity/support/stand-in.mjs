// @ts-check
// Plays IAM, STS, the metadata service and pod identity on one loopback port, and keeps what it was asked.

import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** The secrets of these tests begin so: whatever is told is searched for it. */
export const MARKER = "MARKER-SK-9f27c1d4e8b3a605";

/** The services by their addresses. */
const SERVICES = /** @type {const} */ ({
  "POST /v3.0/OS-AUTH/id-token/tokens": "idToken",
  "POST /v3.0/OS-CREDENTIAL/securitytokens": "securityToken",
  "POST /v5/agencies/assume-with-oidc": "oidc",
  "PUT /meta-data/latest/api/token": "metadataToken",
  "GET /openstack/latest/securitykey": "metadataKey",
  "POST /v1/credentials": "podIdentity",
});

/** @typedef {(typeof SERVICES)[keyof typeof SERVICES]} Service */
/** @typedef {{ service: Service | undefined, method: string, path: string, headers: http.IncomingHttpHeaders, body: string }} Asked */
/** @typedef {{ status?: number, headers?: Record<string, string>, body?: unknown, hang?: boolean, delayMs?: number, endless?: boolean }} Fault */

/** Headers in which the requests of a provider say something. */
const TELLING = [
  "authorization",
  "content-type",
  "x-idp-id",
  "x-auth-token",
  "x-metadata-token",
  "x-metadata-token-ttl-seconds",
];

export class StandIn {
  /** @type {Asked[]} */
  asked = [];
  /** What a service does instead of its answer. @type {Partial<Record<Service, Fault>>} */
  faults = {};
  /** The life of the keys, in milliseconds. */
  lifeMs = 24 * 3600 * 1000;
  /** Each key is another one, with this number in its id. */
  keys = 0;
  /** The tokens of pods and identity providers that are taken; any, unless set. @type {Set<string> | undefined} */
  tokens;
  /** Whether the metadata service wants its own tokens, and which it gave. */
  metadataTokens = { needed: false, given: new Set() };
  #server = http.createServer((request, response) => void this.#serve(request, response));
  url = "";

  async open() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", () => resolve(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    this.url = `http://127.0.0.1:${port}`;
    return this;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  reset() {
    Object.assign(this, { asked: [], faults: {}, lifeMs: 24 * 3600 * 1000, tokens: undefined });
    this.metadataTokens = { needed: false, given: new Set() };
  }

  /** How often a service was asked. @param {Service} service */
  count(service) {
    return this.asked.filter((each) => each.service === service).length;
  }

  /** What was asked, in the form in which two clients are compared. */
  compared() {
    return this.asked.map(({ method, path, headers, body }) => ({
      request: `${method} ${path}`,
      headers: Object.fromEntries(TELLING.map((name) => [name, headers[name]])),
      body: body && JSON.parse(body),
    }));
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async #serve(request, response) {
    let body = "";
    for await (const piece of request) body += piece;
    const { method = "", url: path = "", headers } = request;
    const service = SERVICES[/** @type {keyof typeof SERVICES} */ (`${method} ${path}`)];
    this.asked.push({ service, method, path, headers, body });
    const fault = service && this.faults[service];
    if (fault?.hang) return;
    if (fault?.delayMs) await delay(fault.delayMs);
    const faulty = fault?.status !== undefined || fault?.body !== undefined;
    const answer = faulty ? { status: 200, ...fault } : this.#answer(service, headers, body);
    const text =
      typeof answer.body === "string" || answer.body instanceof Uint8Array
        ? answer.body
        : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status ?? 200, answer.headers);
    if (!fault?.endless) return void response.end(text);
    const more = () => {
      while (!response.destroyed && response.write(" ".repeat(65_536)));
      response.once("drain", more);
    };
    more();
  }

  /**
   * @param {Service | undefined} service
   * @param {http.IncomingHttpHeaders} headers
   * @param {string} body
   * @returns {Fault}
   */
  #answer(service, headers, body) {
    const refused = (/** @type {string} */ token) => this.tokens && !this.tokens.has(token);
    const [fresh, end] = [++this.keys, new Date(Date.now() + this.lifeMs).toISOString()];
    const names = {
      ak: `TEMP${fresh}`,
      sk: `${MARKER}-sk${fresh}`,
      token: `${MARKER}-token${fresh}`,
    };
    switch (service) {
      case "idToken": {
        const { id } = JSON.parse(body).auth.id_token;
        const error = { message: `The token ${id} is invalid.`, code: 401, title: "Unauthorized" };
        if (refused(id)) return { status: 401, body: { error } };
        return {
          status: 201,
          headers: { "X-Subject-Token": `${MARKER}-iam` },
          body: { token: {} },
        };
      }
      case "securityToken":
        return { status: 201, body: { credential: inOldForm(names, end) } };
      case "oidc": {
        const { id_token } = JSON.parse(body);
        const error = { error_code: "STS.0001", error_msg: `invalid token ${id_token}` };
        if (refused(id_token)) return { status: 403, body: error };
        const credentials = {
          access_key_id: names.ak,
          secret_access_key: names.sk,
          security_token: names.token,
          expiration: end,
        };
        return { body: { credentials, assumed_agency: { urn: "sts::1:assumed-agency:a/s" } } };
      }
      case "metadataToken": {
        const token = `${MARKER}-metadata${fresh}`;
        this.metadataTokens.given.add(token);
        return { body: token };
      }
      case "metadataKey": {
        const { needed, given } = this.metadataTokens;
        if (needed && !given.has(headers["x-metadata-token"]))
          return { status: 401, body: "no token" };
        return { body: { credential: inOldForm(names, end) } };
      }
      case "podIdentity": {
        const token = String(headers.authorization);
        if (refused(token)) return { status: 401, body: { message: `bad token ${token}` } };
        const credential = {
          accessKeyId: names.ak,
          secretAccessKey: names.sk,
          securityToken: names.token,
          expiration: end,
        };
        return { body: { credential, podIdentityAssociationId: "a", subject: {} } };
      }
      default:
        return { status: 404, body: { error_msg: "not found" } };
    }
  }
}

/** As IAM and the metadata service name the parts. @type {(names: any, end: string) => object} */
const inOldForm = ({ ak, sk, token }, end) => ({
  access: ak,
  secret: sk,
  securitytoken: token,
  // With microseconds, as the services write it.
  expires_at: end.replace("Z", "000Z"),
});
