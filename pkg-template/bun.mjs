// @ts-check
// For Bun: the path of the wasm file is imported, so that `bun build`, also with `--compile`, takes the file along;
// it is read and compiled at the first call.

import { readFileSync } from "node:fs";
import file from "./lib/client.wasm" with { type: "file" };
import * as client from "./lib/client.mjs";
import * as providers from "./lib/providers.mjs";

client.loadFrom({ sync: () => readFileSync(file) });
client.completeFrom(() => providers);

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
