// @ts-check
// For Node, as an ES module: the CommonJS entry under the same roof, so that a process that uses both holds one
// wasm instance and one set of classes.

import node from "./node.cjs";

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
} = node;
