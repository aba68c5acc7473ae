// @ts-check
// The service worker: ready at once, and kept alive until it has answered.
import { run } from "./run.js";

self.addEventListener("message", (event) => {
  const { data, ports, waitUntil } =
    /** @type {MessageEvent & { waitUntil(p: Promise<unknown>): void }} */ (event);
  waitUntil.call(
    event,
    run(data).then((result) => ports[0]?.postMessage(result)),
  );
});
