// @ts-check
// For pages, workers and bundlers: the wasm file beside this one, fetched at the first call. `new URL(...)` is
// written out, because that is the form that bundlers know.

import * as client from "./lib/client.mjs";

client.loadFrom({ source: () => new URL("./lib/client.wasm", import.meta.url) });

export const DcsClient = client.DcsClient;
export const changeMasterStandbyAsync = client.changeMasterStandbyAsync;
export const signRequest = client.signRequest;
export const signedFetch = client.signedFetch;
export const Credential = client.Credential;
export const regions = client.regions;
export const init = client.init;
export const DcsError = client.DcsError;
export const InvalidArgumentError = client.InvalidArgumentError;
export const CredentialsError = client.CredentialsError;
export const ServiceResponseError = client.ServiceResponseError;
export const ConnectionError = client.ConnectionError;
export const RequestTimeoutError = client.RequestTimeoutError;
export const ResponseFormatError = client.ResponseFormatError;
export const SwitchoverError = client.SwitchoverError;
