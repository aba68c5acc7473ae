// @ts-check
// The signer alone, for Node, as an ES module. The wasm file is read and compiled synchronously at the first call, so
// that importing costs next to nothing and `signRequest` needs no `await init()`. Node's own modules are asked for
// without `import`: to import one, or CommonJS, takes as long as to compile the wasm.

import * as bundle from "./lib/signer.mjs";

const { readFileSync } = process.getBuiltinModule("node:fs");

// What CommonJS has loaded in this process, if it has: there is one wasm instance and one set of classes.
const key = Symbol.for(`huaweicloud-dcs/signer ${import.meta.dirname}`);
const global = /** @type {{ [key]?: typeof bundle }} */ (globalThis);
// Not `??=`: ncc, which takes the file along, could not read it.
const signer = global[key] || bundle;
global[key] = signer;

signer.loadFrom({ sync: () => readFileSync(new URL("./lib/signer.wasm", import.meta.url)) });

export const {
  signRequest,
  signedFetch,
  Credential,
  init,
  DcsError,
  InvalidArgumentError,
  CredentialsError,
  ServiceResponseError,
  ConnectionError,
  RequestTimeoutError,
  ResponseFormatError,
} = signer;
