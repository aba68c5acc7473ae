// @ts-check
// The worker of the extension: uses the package when the popup asks.
import { run } from "./run.js";

const { chrome } = /** @type {any} */ (globalThis);

chrome.runtime.onMessage.addListener(
  (
    /** @type {import("./probe.js").Config} */ config,
    /** @type {unknown} */ _sender,
    /** @type {(result: unknown) => void} */ answer,
  ) => {
    void run(config).then(answer);
    return true;
  },
);
