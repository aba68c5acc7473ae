// @ts-check
// The campaign in a page: the package as a page without a bundler has it. Tells the server what came of it.
import { Emulator } from "./emulator.mjs";
import { playAll } from "./play.mjs";

/** @param {unknown} message */
const tell = (message) => fetch("/told", { method: "POST", body: JSON.stringify(message) });

async function main() {
  const { url, order, proxyPort } = await (await fetch("/order")).json();
  const entry = "/pkg/browser.mjs";
  const { DcsClient } = await import(entry);
  const emulator = new Emulator(url);
  const config = await emulator.config();
  // A name of its own for each: a browser opens six connections to a host, and hung ones must not hold up others.
  const own = (/** @type {number} */ index, /** @type {number | string} */ port) =>
    `http://s${index}.localhost:${port}`;
  const direct = (/** @type {number} */ index) => own(index, new URL(url).port);
  const route = (/** @type {number} */ index) =>
    proxyPort === undefined
      ? { endpoint: direct(index), iamEndpoint: direct(index) }
      : { endpoint: url, iamEndpoint: direct(index), via: own(index, proxyPort) };
  const stage = { DcsClient, emulator, config, seed: order.seed, route };
  for await (const verdicts of playAll(stage, order)) await tell({ verdicts });
  await tell({ done: true });
}

main().catch((error) => tell({ error: `${error}\n${error?.stack}` }));
