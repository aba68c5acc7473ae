// @ts-check
// The credential providers of Deno, and of bundles that run in Node.

import providers from "./providers.cjs";

export const { fromEnv, fromProfile, fromMetadata, fromChain } = providers;
