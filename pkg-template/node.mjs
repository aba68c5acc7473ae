// @ts-check
// For Node, as an ES module. The wasm file is read and compiled synchronously at the first call, so that importing
// costs next to nothing and `signRequest` needs no `await init()`. Node's own modules are asked for without `import`:
// to import one, or CommonJS, takes as long as to compile the wasm.

import * as bundle from "./lib/client.mjs";

const { readFileSync } = process.getBuiltinModule("node:fs");

// What CommonJS has loaded in this process, if it has: there is one wasm instance and one set of classes.
const key = Symbol.for(`huaweicloud-dcs/client ${import.meta.dirname}`);
const global = /** @type {{ [key]?: typeof bundle }} */ (globalThis);
// Not `??=`: ncc, which takes the file along, could not read it.
const client = global[key] || bundle;
global[key] = client;

client.loadFrom({ sync: () => readFileSync(new URL("./lib/client.wasm", import.meta.url)) });

// Read when credentials are asked for: signing does without, and starts sooner.
client.completeFrom(() => import("./lib/providers.mjs"));

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
