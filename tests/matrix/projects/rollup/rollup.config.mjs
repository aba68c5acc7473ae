import { nodeResolve } from "@rollup/plugin-node-resolve";

// Rollup leaves `new URL("./lib/client.wasm", import.meta.url)` as it is: the package's lib/*.wasm are copied to lib/
// beside the output.
export default {
  input: { page: "page.js", worker: "worker.js", sw: "sw.js" },
  plugins: [nodeResolve({ browser: true })],
  output: { dir: "dist", format: "es" },
};
