// @ts-check
// The credential providers of Deno, and of bundles that run in Node. A profile file is read by the wasm module, so it
// is told here too where that is.

import { decode } from "./base64.mjs";
import base64 from "./lib/client-inline.mjs";
import * as client from "./lib/client.mjs";
import providers from "./providers.cjs";

client.loadFrom({ sync: () => decode(base64) });
providers.parseWith(client.parseProfile);

export const { fromEnv, fromProfile, fromMetadata, fromChain } = providers;
