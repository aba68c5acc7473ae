// Pages, workers and bundlers: the wasm file beside this one, fetched at the first call. `new URL(...)` is written out,
// because that is the form that bundlers know.

import { loadFrom } from "./lib/client.mjs";

loadFrom({ source: () => new URL("./lib/client.wasm", import.meta.url) });

export {
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
} from "./lib/client.mjs";
