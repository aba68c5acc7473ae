// @ts-check
// What stands beside the console in an operator's network: a back end that signs, and a proxy.
import { createServer } from "node:http";
import { once } from "node:events";
import { signRequest } from "huaweicloud-dcs";
import { createDcsHandler, toNodeListener } from "huaweicloud-dcs/server";
import { AK, SK } from "./console.mjs";

/** @param {import("node:http").RequestListener} listener */
export async function serve(listener) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async end() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** @param {import("node:http").IncomingMessage} request */
async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "*, Authorization",
  "Access-Control-Allow-Methods": "GET, PUT, POST",
  "Access-Control-Expose-Headers": "X-Request-Id, Date, Retry-After",
};

/** @param {Record<string, string>} headers @param {string[]} names In lower case. */
const without = (headers, names) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())),
  );

/**
 * A back end that holds the key: it signs reads, and refuses everything else; with a status, everything.
 * @param {{ status?: number }} [options]
 */
export async function startSigner({ status } = {}) {
  /** @type {{ method: string, url: string }[]} */
  const asked = [];
  const server = await serve(async (request, response) => {
    if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
    const { method, url, headers } = JSON.parse(String(await bodyOf(request)));
    asked.push({ method, url });
    if (status !== undefined) return void response.writeHead(status, CORS).end();
    if (method !== "GET") return void response.writeHead(403, CORS).end();
    // The signer gives the host and the date by itself.
    const signed = without(headers, ["host", "x-sdk-date"]);
    const date = headers["X-Sdk-Date"];
    const answer = signRequest({
      method,
      url,
      headers: signed,
      date,
      credentials: { ak: AK, sk: SK },
    });
    response.writeHead(200, { ...CORS, "Content-Type": "application/json" });
    response.end(JSON.stringify(answer.headers));
  });
  return { ...server, asked };
}

/** A proxy of the user's own: `/dcs-proxy/...` goes to the endpoint. @param {string} endpoint */
export async function startProxy(endpoint) {
  /** @type {string[]} */
  const seen = [];
  const server = await serve(async (request, response) => {
    if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
    const path = (request.url ?? "").replace(/^\/dcs-proxy/, "");
    seen.push(path);
    const headers = without(/** @type {any} */ (request.headers), ["host", "connection", "origin"]);
    const answer = await fetch(endpoint + path, { method: request.method ?? "GET", headers });
    response.writeHead(answer.status, {
      ...CORS,
      "Content-Type": answer.headers.get("Content-Type") ?? "",
      "X-Request-Id": answer.headers.get("X-Request-Id") ?? "",
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return { ...server, seen };
}

/**
 * The package's own back end beside the console, on one origin.
 * @param {string} endpoint
 * @param {{ readOnly?: boolean, deny?: boolean }} [options] `deny`: each swap, not the whole of them.
 */
export async function startBackEnd(endpoint, { readOnly = false, deny = false } = {}) {
  /** @type {any[]} */
  const audited = [];
  const handler = createDcsHandler({
    basePath: "/dcs",
    regions: ["cn-north-4"],
    endpoint,
    iamEndpoint: endpoint,
    credentials: { ak: AK, sk: SK },
    // Who is asked about no instance is asked what this user may do at all.
    authorize: (/** @type {any} */ { effect, instanceId }) =>
      (effect === "read" || !(readOnly || (deny && instanceId))) && { user: "li.lei" },
    audit: (/** @type {any} */ entry) => void audited.push(entry),
  });
  const listener = toNodeListener(handler);
  const server = await serve(async (request, response) => {
    if (request.url?.startsWith("/dcs/")) return listener(request, response);
    const answer = await fetch(endpoint + request.url);
    const type = answer.headers.get("Content-Type") ?? "";
    response.writeHead(answer.status, { "Content-Type": type });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return { ...server, audited };
}
