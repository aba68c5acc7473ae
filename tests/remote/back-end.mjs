// @ts-check
// A back end that signs for a page: the swap of listed instances, and the reads that a switchover needs of them. It
// holds the secret; the page never sees it. It signs what it builds itself from what it has checked, and nothing that
// the page has put together.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Credential, signRequest } from "huaweicloud-dcs";

const PAGE = fileURLToPath(new URL("page", import.meta.url));
const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
});
/** A page's clock may be wrong by so much; the gateway allows 15 minutes. */
const WINDOW_MS = 5 * 60_000;
const NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * @typedef {{ endpoint: string, projectId: string, instances: string[] }} Allowed
 * @typedef {import("huaweicloud-dcs").RemoteSignRequest} Asked
 */

/**
 * Why a request is not signed; undefined when it may be.
 * @param {Asked} asked
 * @param {Allowed} allowed
 */
export function refusal({ method, url, headers, bodySha256 }, { endpoint, projectId, instances }) {
  const project = `${endpoint}/v2/${projectId}`;
  const operations = instances.flatMap((id) => [
    `PUT ${project}/instances/${id}/async-swap`,
    `GET ${project}/instances/${id}`,
    `GET ${project}/instance/${id}/groups`,
  ]);
  const isJob = /^[0-9a-f-]{32,36}$/.test(String(url).replace(`${project}/jobs/`, ""));
  if (!operations.includes(`${method} ${url}`) && !(method === "GET" && isJob)) {
    return "not an operation that this back end signs";
  }
  if (bodySha256 !== NOTHING) return "it has a body";
  const date = String(headers?.["X-Sdk-Date"]);
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return Math.abs(Date.parse(iso) - Date.now()) <= WINDOW_MS ? undefined : "its date is off";
}

/**
 * Serves the page, the package, and POST /sign.
 * @param {{ ak: string, sk: string }} key
 * @param {Allowed} allowed
 */
export function backEnd(key, allowed) {
  const credential = new Credential(key);

  /** @param {import("node:http").IncomingMessage} request */
  async function sign(request) {
    // A real one knows its users: here stands its own check of who asks.
    const sameOrigin = request.headers["sec-fetch-site"] === "same-origin";
    if (!sameOrigin) return { status: 403, answer: { error: "not this page" } };
    let text = "";
    for await (const part of request) {
      text += part;
      if (text.length > 65_536) return { status: 413, answer: { error: "too long" } };
    }
    /** @type {Asked} */
    let asked;
    try {
      asked = JSON.parse(text);
    } catch {
      return { status: 400, answer: { error: "no JSON" } };
    }
    const why = refusal(asked, allowed);
    if (why) return { status: 403, answer: { error: why } };
    const { headers } = signRequest({
      method: asked.method,
      url: asked.url,
      headers: { "Content-Type": "application/json", "X-Project-Id": allowed.projectId },
      date: asked.headers["X-Sdk-Date"],
      credentials: credential,
    });
    return { status: 200, answer: headers };
  }

  const server = createServer(async (request, response) => {
    try {
      const { pathname } = new URL(String(request.url), "http://page");
      if (request.method === "POST" && pathname === "/sign") {
        const { status, answer } = await sign(request);
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(JSON.stringify(answer));
        return;
      }
      const [root, path] = pathname.startsWith("/pkg/")
        ? [PACKAGE, pathname.slice(5)]
        : [PAGE, pathname === "/" ? "index.html" : pathname];
      const file = await readFile(join(root, normalize(`/${path}`)));
      response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "text/plain" });
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.on("close", () => credential.free());
  return server;
}
