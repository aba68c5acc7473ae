import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("./sw.js", import.meta.url));
/** Copied from public/ as they are. */
const PUBLIC = ["icon.svg", "manifest.webmanifest"];

/** Writes sw.js with the list of the built files, so that the page opens without a network. */
export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const hash = createHash("sha256");
      const files = ["./", ...PUBLIC];
      for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
        hash.update(name).update(file.type === "chunk" ? file.code : file.source);
        if (name !== "index.html") files.push(name);
      }
      const source = readFileSync(SOURCE, "utf8")
        .replace("__VERSION__", hash.digest("hex").slice(0, 12))
        .replace("/* __FILES__ */", JSON.stringify(files).slice(1, -1));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}
