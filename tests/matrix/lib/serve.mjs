// @ts-check
// A web server of static files, with a strict Content-Security-Policy.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { origin } from "./emulator.mjs";

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** What a script may do: nothing but what is named. WebAssembly needs `'wasm-unsafe-eval'`, and no more. */
export const policy = (scripts = "'self' 'wasm-unsafe-eval'") =>
  [
    "default-src 'none'",
    `script-src ${scripts}`,
    "worker-src 'self'",
    `connect-src 'self' ${origin()}`,
    "img-src data:",
  ].join("; ");

/**
 * @param {string} folder
 * @param {{ csp?: string, wasmType?: string }} [how]
 */
export async function serveFolder(folder, { csp = policy(), wasmType } = {}) {
  /** @type {string[]} */
  const paths = [];
  const types = wasmType ? { ...TYPES, ".wasm": wasmType } : TYPES;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    paths.push(pathname);
    const path = normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const file = join(folder, path);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": types[extname(file)] ?? "application/octet-stream",
      "Content-Security-Policy": csp,
      "Cache-Control": "no-store",
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    /** What was asked for. */
    paths,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
