import { fileURLToPath } from "node:url";
import { type UserConfig, defineConfig } from "vite";
import { OFFLINE, contentSecurityPolicy } from "./build/csp.ts";
import { errorCodes } from "./build/error-codes.ts";
import { emulatorModule, plainScript } from "./build/playground.ts";
import { serviceWorker } from "./build/service-worker.ts";

const bundle = (name: string) => fileURLToPath(new URL(`../pkg/lib/${name}`, import.meta.url));

/** The console with the emulator in the page: one script that holds all, so that it opens as a file too. */
const playground: UserConfig = {
  plugins: [errorCodes(), contentSecurityPolicy(OFFLINE), emulatorModule(), plainScript()],
  resolve: {
    alias: [
      { find: /^huaweicloud-dcs$/, replacement: "huaweicloud-dcs/inline" },
      // The module is given to it: its entry would bring the file along once more.
      { find: /^huaweicloud-dcs\/emulator$/, replacement: bundle("emulator.mjs") },
    ],
  },
  build: {
    // One script is what is wanted.
    chunkSizeWarningLimit: Infinity,
    rolldownOptions: {
      output: { format: "iife", codeSplitting: false },
      // A script has none, and needs none: nothing is loaded later.
      transform: { define: { "import.meta": "{}" } },
    },
  },
};

const page: UserConfig = { plugins: [errorCodes(), contentSecurityPolicy(), serviceWorker()] };

export default defineConfig(({ mode }) => {
  const own = mode === "playground" ? playground : page;
  return {
    ...own,
    // Relative, so that the files work behind any proxy and below any path.
    base: "./",
    build: {
      target: "es2022",
      // An inlined asset would be a data: URL, which connect-src does not allow.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The page is small: one style sheet, no waterfall.
      cssCodeSplit: false,
      reportCompressedSize: false,
      ...own.build,
    },
  };
});
