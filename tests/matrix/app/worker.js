// @ts-check
// The worker; also what the service worker is, but for its life cycle.
import { run } from "./run.js";

self.addEventListener("message", async ({ data, ports }) => {
  ports[0]?.postMessage(await run(data));
});
