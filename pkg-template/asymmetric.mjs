// @ts-check
// The signer with the asymmetric algorithms, for pages, workers and bundlers: the wasm file beside this one, fetched
// at the first call. `new URL(...)` is written out, because that is the form that bundlers know.

import * as signer from "./lib/asymmetric.mjs";

signer.loadFrom({ source: () => new URL("./lib/asymmetric.wasm", import.meta.url) });

export const signRequest = signer.signRequest;
export const signedFetch = signer.signedFetch;
export const Credential = signer.Credential;
export const init = signer.init;
export const DcsError = signer.DcsError;
export const InvalidArgumentError = signer.InvalidArgumentError;
export const CredentialsError = signer.CredentialsError;
export const ServiceResponseError = signer.ServiceResponseError;
export const ConnectionError = signer.ConnectionError;
export const RequestTimeoutError = signer.RequestTimeoutError;
export const ResponseFormatError = signer.ResponseFormatError;
