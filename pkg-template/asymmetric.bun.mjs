// @ts-check
// The signer with the asymmetric algorithms, for Bun: the path of the wasm file is imported, so that `bun build`,
// also with `--compile`, takes the file along; it is read and compiled at the first call.

import { readFileSync } from "node:fs";
import file from "./lib/asymmetric.wasm" with { type: "file" };
import * as signer from "./lib/asymmetric.mjs";

signer.loadFrom({ sync: () => readFileSync(file) });

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
