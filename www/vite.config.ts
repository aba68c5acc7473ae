import { defineConfig } from "vite";
import { contentSecurityPolicy } from "./build/csp.ts";
import { errorCodes } from "./build/error-codes.ts";
import { serviceWorker } from "./build/service-worker.ts";

export default defineConfig({
  // Relative, so that the files work behind any proxy and below any path.
  base: "./",
  plugins: [errorCodes(), contentSecurityPolicy(), serviceWorker()],
  build: {
    target: "es2022",
    // An inlined asset would be a data: URL, which connect-src does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The page is small: one style sheet, no waterfall.
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
});
