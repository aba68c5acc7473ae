// @ts-check
// The signer with the asymmetric algorithms, for edge runtimes of the Vercel kind, Next.js' among them: they refuse
// to compile bytes, and `?module` is how their bundlers import a module, compiled already.

import { adopt } from "./adopt.mjs";
import wasm from "./lib/asymmetric.wasm?module";
import * as signer from "./lib/asymmetric.mjs";

signer.loadFrom({ sync: () => adopt(wasm) });

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
