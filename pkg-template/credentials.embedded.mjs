// @ts-check
// The credential providers of Deno, and of bundles that run in Node.

import providers from "./providers.cjs";

export const { fromEnv, fromProfile, fromMetadata, fromChain } = providers;

// Never run, and in no bundle: what collects the files of a server takes this entry for the one that Node will ask for
// (Nitro, which Nuxt is built with, does), and sees by it which that is.
void (() => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "./credentials.mjs"));
