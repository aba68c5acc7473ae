import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const WASM = fileURLToPath(new URL("../../pkg/lib/emulator.wasm", import.meta.url));
const MODULE = "virtual:emulator-wasm";

/** The emulator's module as base64: a page of a file may fetch nothing. */
export function emulatorModule(): Plugin {
  return {
    name: "emulator-module",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      return `export default "${readFileSync(WASM).toString("base64")}";`;
    },
  };
}

/** Loads the one script as no module, and nothing with CORS: a page that is opened as a file has no origin, and is no app. */
export function plainScript(): Plugin {
  return {
    name: "plain-script",
    apply: "build",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler: (html) =>
        html
          .replaceAll(" crossorigin", "")
          .replaceAll('<script type="module"', "<script defer")
          .replace(/ *<link rel="manifest"[^>]*>\n/, ""),
    },
  };
}
