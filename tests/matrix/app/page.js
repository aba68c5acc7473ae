// @ts-check
// The page: uses the package itself, in a worker and in a service worker, one after the other. What to use it with
// stands behind the `#` of its URL, and `globalThis.results` is what came of it.
import { run } from "./run.js";

/** @type {Record<string, import("./probe.js").Config>} */
const configs = JSON.parse(decodeURIComponent(location.hash.slice(1)));

/** A build of its own; a name that bundlers do not follow. */
const SERVICE_WORKER = "/sw.js";

/** @param {{ postMessage(message: unknown, transfer: Transferable[]): void }} target @param {unknown} config */
function ask(target, config) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    target.postMessage(config, [port2]);
  });
}

const places = {
  page: () => run(/** @type {import("./probe.js").Config} */ (configs.page)),
  worker: () => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    const failed = new Promise((resolve) => {
      worker.onerror = ({ message }) => resolve({ error: `the worker failed: ${message}` });
    });
    return Promise.race([ask(worker, configs.worker), failed]);
  },
  serviceWorker: async () => {
    await navigator.serviceWorker.register(SERVICE_WORKER, { type: "module" });
    const { active } = await navigator.serviceWorker.ready;
    return ask(/** @type {ServiceWorker} */ (active), configs.serviceWorker);
  },
};

/** @type {Record<string, unknown>} */
const results = {};
for (const [place, use] of Object.entries(places)) {
  if (!(place in configs)) continue;
  results[place] = await use().catch((/** @type {unknown} */ error) => ({ error: String(error) }));
}
Object.assign(globalThis, { results });
