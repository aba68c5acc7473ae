/**
 * The signer alone, in a wasm module of its own: sign any Huawei Cloud request, or fetch it signed.
 *
 * @packageDocumentation
 */

/// <reference lib="esnext.disposable" />

/** A permanent access key, or a temporary one with its security token. */
export interface AccessKey {
  /** Access key id. */
  ak: string;
  /** Secret access key. */
  sk: string;
  /** Of a temporary access key; sent and signed as `X-Security-Token`. */
  securityToken?: string;
  /** When the key ends: a Date, an ISO 8601 string, or milliseconds since 1970. A provider is asked again five minutes before. */
  expiresAt?: Date | string | number;
  /** Used when the call gives none. */
  projectId?: string;
  /** Asked for the project id where neither the call nor the key has one; goes over the environment's and the region's. */
  iamEndpoint?: string;
}

/** An IAM token, sent as `X-Auth-Token`; nothing is signed. */
export interface Token {
  token: string;
  expiresAt?: Date | string | number;
  projectId?: string;
}

/** Gets credentials when they are needed; cached until `expiresAt` less five minutes, one call in flight however many requests wait. */
export type CredentialsProvider = () => AccessKey | Token | Promise<AccessKey | Token>;

export type CredentialsInput = AccessKey | Token | Credential | CredentialsProvider;

export type Algorithm = "SDK-HMAC-SHA256" | "SDK-HMAC-SM3" | "V11-HMAC-SHA256";

/** Headers to send, by name as they are sent. */
export type SignedHeaders = Record<string, string>;

export interface SignRequestOptions {
  /** `GET`, `PUT`, ... */
  method: string;
  /** The absolute URL; its host is signed. */
  url: string | URL;
  /** Headers to send and sign; a name with `_` is sent, not signed. */
  headers?: Record<string, string>;
  /** The exact bytes to be sent; nothing when left out. */
  body?: string | Uint8Array | ArrayBuffer | null;
  /** `YYYYMMDDTHHMMSSZ` as `X-Sdk-Date`, or a Date; now when left out. */
  date?: string | Date;
  /** `SDK-HMAC-SHA256` unless given. */
  algorithm?: Algorithm;
  /** For `V11-HMAC-SHA256` only. */
  region?: string;
  /** For `V11-HMAC-SHA256` only, for example `dcs`. */
  service?: string;
  /** Keys, or a `Credential` that keeps the prepared key from call to call (faster). */
  credentials: AccessKey | Credential;
}

export interface SignedRequest {
  /** All headers to send: those given, `X-Sdk-Date`, `Authorization`; `Host` is signed and left to the HTTP client. */
  headers: SignedHeaders;
  canonicalRequest: string;
  stringToSign: string;
}

/**
 * Signs a request; synchronous. In Node it always works; elsewhere `await init()` first.
 *
 * @throws InvalidArgumentError naming the `field`.
 */
export declare function signRequest(options: SignRequestOptions): SignedRequest;

/**
 * An access key held in wasm memory with its HMAC state prepared; or a token, which a client and `signedFetch` take. Each
 * entry of the package has a memory of its own, and takes only the credentials that it made.
 */
export declare class Credential {
  constructor(credentials: AccessKey | Token);
  /** The access key id (it is not secret); empty for a token. */
  readonly ak: string;
  /** Wipes the secret from wasm memory. */
  free(): void;
  [Symbol.dispose](): void;
  /** Only the access key id. */
  toJSON(): { ak: string };
}

export interface SignedFetchOptions {
  algorithm?: Algorithm;
  region?: string;
  service?: string;
  /** Sent and signed as `X-Project-Id`. */
  projectId?: string;
  clockOffsetMs?: number;
  /** Instead of the global `fetch`. */
  fetch?: (input: Request) => Promise<Response>;
  allowInsecure?: boolean;
}

/**
 * A `fetch` that signs. Bodies whose bytes can be known (string, URLSearchParams, Blob, ArrayBuffer, typed array, FormData)
 * are hashed; a stream is sent as `UNSIGNED-PAYLOAD`. Redirects are refused: a signature does not follow one.
 *
 * Without `credentials` the chain is asked, in Node, Deno and Bun: see `fromChain` of `huaweicloud-dcs/credentials`.
 */
export declare function signedFetch(
  credentials?: CredentialsInput,
  options?: SignedFetchOptions,
): (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A region with its endpoints. */
export interface RegionInfo {
  id: string;
  dcsEndpoint: string;
  /** The global `https://iam.myhuaweicloud.com` where the region has none of its own. */
  iamEndpoint: string;
}

/** `WebAssembly.Module`, where the program's type libraries have it (those of the DOM and of workers do, Node's do not). */
export type WasmModule = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer Module } };
}
  ? Module
  : never;

/** What the module can be loaded from. */
export type InitInput =
  | string
  | URL
  | Request
  | Response
  | ArrayBuffer
  | ArrayBufferView
  | WasmModule
  | Promise<Response>;

/** Loads the wasm module. Needed only by pages without a bundler, or before a synchronous call outside Node. Idempotent. */
export declare function init(source?: InitInput): Promise<void>;

/** The base of all errors of this package. `message` says what happened, where, and what to do. */
export declare class DcsError extends Error {
  /** The service's code, or one of this package: `INVALID_ARGUMENT`, `CREDENTIALS`, `CONNECTION`, `TIMEOUT`, `RESPONSE_FORMAT`, `SWITCHOVER`. */
  readonly code: string;
  /** The same call may succeed later. For a swap, only where it provably did not run. */
  readonly retryable: boolean;
  /** What became of the swap; absent for calls that swap nothing. */
  readonly outcome?: "not_sent" | "rejected" | "unknown" | "accepted";
  /** Of a swap whose outcome is unknown: why. */
  readonly doubt?: "lost" | "busy" | "refusal_not_known" | "unusable_answer" | "late";
}

/** An option is missing or malformed; nothing was sent. */
export declare class InvalidArgumentError extends DcsError {
  readonly name: "InvalidArgumentError";
  /** The option, for example `instanceId` or `credentials.sk`. */
  readonly field: string;
}

/** No credentials, or the provider or signer failed. */
export declare class CredentialsError extends DcsError {
  readonly name: "CredentialsError";
  readonly cause?: unknown;
}

/** The service answered 4xx or 5xx. */
export declare class ServiceResponseError extends DcsError {
  readonly name: "ServiceResponseError";
  readonly httpStatusCode: number;
  readonly requestId?: string;
  readonly error_code: string;
  readonly error_msg: string;
  readonly error_ext_msg?: string;
  readonly encodedAuthorizationMessage?: string;
  /** How long the service asks to wait, in milliseconds, from `Retry-After`; a minute at most. */
  readonly retryAfterMs?: number;
  /** What to do, where this package knows. */
  readonly hint?: string;
}

/** `fetch` failed: the network, CORS, a refused redirect. */
export declare class ConnectionError extends DcsError {
  readonly name: "ConnectionError";
  readonly cause?: unknown;
}

/** `timeoutMs` passed. */
export declare class RequestTimeoutError extends DcsError {
  readonly name: "RequestTimeoutError";
  readonly timeoutMs: number;
}

/** An answer that is not what the API promises. */
export declare class ResponseFormatError extends DcsError {
  readonly name: "ResponseFormatError";
  readonly httpStatusCode: number;
  readonly requestId?: string;
  /** The first 200 characters. */
  readonly bodyExcerpt: string;
}
