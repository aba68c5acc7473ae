// @ts-check
// For Node, as an ES module. The wasm file is read and compiled synchronously at the first call, so that importing
// costs next to nothing and `signRequest` needs no `await init()`. Node's own modules are asked for without `import`:
// to import one, or CommonJS, takes as long as to compile the wasm.

import * as bundle from "./lib/client.mjs";

const { readFileSync } = process.getBuiltinModule("node:fs");
const { createRequire } = process.getBuiltinModule("node:module");

// What CommonJS has loaded in this process, if it has: there is one wasm instance and one set of classes.
const key = Symbol.for(`huaweicloud-dcs/client ${import.meta.dirname}`);
const global = /** @type {{ [key]?: typeof bundle }} */ (globalThis);
const client = (global[key] ??= bundle);

client.loadFrom({ sync: () => readFileSync(new URL("./lib/client.wasm", import.meta.url)) });

// Read when a client is made: signing does without, and starts sooner.
client.completeFrom((options) => {
  const { complete } = createRequire(import.meta.url)("./providers.cjs");
  client.completeFrom(complete);
  return complete(options);
});
// Never run: what collects the files of a server sees by it that this file belongs to them.
void (() => import("./providers.cjs"));

export const {
  DcsClient,
  changeMasterStandbyAsync,
  signRequest,
  signedFetch,
  Credential,
  regions,
  init,
  DcsError,
  InvalidArgumentError,
  CredentialsError,
  ServiceResponseError,
  ConnectionError,
  RequestTimeoutError,
  ResponseFormatError,
  SwitchoverError,
} = client;
