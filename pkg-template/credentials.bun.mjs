// @ts-check
// The credential providers of Bun. A profile file is read by the wasm module, so it is told here too where that is.

import { readFileSync } from "node:fs";
import file from "./lib/client.wasm" with { type: "file" };
import * as client from "./lib/client.mjs";
import providers from "./providers.cjs";

client.loadFrom({ sync: () => readFileSync(file) });
providers.parseWith(client.parseProfile);

export const { fromEnv, fromProfile, fromMetadata, fromChain } = providers;
