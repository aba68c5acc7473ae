// @ts-check
// A module of the page, for tests that need no browser.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * @param {string} path From www/src.
 * @returns {Promise<any>}
 */
export async function source(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../../www/src/${path}`, import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "silent",
  });
  const text = Buffer.from(outputFiles[0]?.contents ?? "").toString("base64");
  return import(`data:text/javascript;base64,${text}`);
}
