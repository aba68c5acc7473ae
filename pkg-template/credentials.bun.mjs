// @ts-check
// The credential providers of Bun.

import providers from "./providers.cjs";

export const { fromEnv, fromProfile, fromMetadata, fromChain } = providers;
