import type { Plugin } from "vite";
import { virtualModule } from "./virtual-module.ts";

/** The emulator's module as base64: a page of a file may fetch nothing. */
export function emulatorModule(): Plugin {
  return virtualModule("emulator-wasm", "../../pkg/lib/emulator.wasm", (content) =>
    content.toString("base64"),
  );
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
