/**
 * The back end that a page talks to: it holds the keys, asks your own sessions who may do what, and does it with this
 * package's client. For Node, Deno, Bun and workers.
 *
 * @example
 * import { createDcsHandler } from "huaweicloud-dcs/server";
 *
 * const handler = createDcsHandler({
 *   basePath: "/dcs",
 *   regions: ["cn-north-4"],
 *   authorize: async ({ request, effect }) => {
 *     const session = await sessionOf(request.headers.get("cookie"));
 *     return session && (effect === "read" || session.maySwap) && { user: session.name };
 *   },
 * });
 * // (request: Request) => Promise<Response>: for Hono, Next.js, Nitro, Workers, Deno, Bun; Node and Express: toNodeListener
 *
 * @packageDocumentation
 */

import type { Outcome } from "./index.js";
import type { CredentialsInput } from "./signer.js";

/** What a page asks for. The names are those of the client's methods. */
export type DcsOperation =
  | "changeMasterStandbyAsync"
  | "changeMasterStandby"
  | "showJobInfo"
  | "showInstance"
  | "listInstances"
  | "listGroupReplicationInfo"
  | "listBackgroundTask";

/** What `authorize` is asked. */
export interface AuthorizeInput {
  /** The page's request, for its cookie or other proof of who asks. Its body is not to be read. */
  request: Request;
  /** What the handler was called with beside the request; of `toNodeListener` `{ incoming, outgoing }`. */
  context: unknown;
  operation: DcsOperation;
  /** `swap`: it swaps the nodes. `read`: it changes nothing. */
  effect: "read" | "swap";
  region: string;
  /** Of operations about one instance. Absent from them when a page asks, by `GET {basePath}/config`, what it may do at all. */
  instanceId?: string;
  /** Of `showJobInfo`. */
  jobId?: string;
}

/** Who asks; or false, if they may not. */
export type AuthorizeResult = { user: string } | false | null | undefined;

/** A line of the audit: two for each swap, one before it is sent and one with what came of it, of one `id`. Holds no secret. */
export interface AuditEntry {
  /** ISO 8601. */
  time: string;
  /** Random; the same in both entries of a swap. */
  id: string;
  /** Who, as `authorize` says. */
  user: string;
  operation: DcsOperation;
  region: string;
  instanceId: string;
  /** `sending` before it leaves; then what became of it. */
  outcome: "sending" | Outcome;
  /** Of the service's answer. */
  httpStatusCode?: number;
  /** Of the service's answer. */
  requestId?: string;
  jobId?: string;
  /** `PROXY_...`, where there is no answer of the service. */
  code?: string;
}

/** Keeps the answers to swaps, for requests that are repeated, and which instances are held. Several processes need one that they share. */
export interface IdempotencyStore {
  /** What is kept under a key; undefined or null when there is nothing, or its time is over. */
  get(key: string): Promise<string | null | undefined> | string | null | undefined;
  /**
   * Keeps a value for `ttlMs` milliseconds; without a value, removes what is there. With `ifAbsent` it writes only when nothing
   * is there, in one step, and resolves to whether it did: what `SET key value PX ttlMs NX` is to Redis.
   */
  set(
    key: string,
    value: string | undefined,
    options: { ttlMs: number; ifAbsent?: boolean },
  ): Promise<unknown> | unknown;
}

/** What differs from region to region: one value if there is one region, else an object by region. */
export type Regional<T> = T | Record<string, T>;

export interface DcsHandlerOptions {
  /** Says who asks, and whether they may. Required: without it nothing would be allowed. */
  authorize: (input: AuthorizeInput) => AuthorizeResult | Promise<AuthorizeResult>;
  /** Where the handler's paths begin, for example `/dcs`; at the root unless given. */
  basePath?: string;
  /** The regions it serves; the first is the default. In Node `HUAWEICLOUD_SDK_REGION` when left out. */
  regions?: string[];
  /** As a client's. In Node the official chain when left out. */
  credentials?: CredentialsInput;
  /** 32 lower-case hex digits. Looked up through IAM when left out. */
  projectId?: Regional<string>;
  /** Instead of the region's. */
  endpoint?: Regional<string>;
  /** Instead of the region's. */
  iamEndpoint?: Regional<string>;
  /**
   * Told of each swap, before it leaves and after. A swap whose first entry it does not take (it throws, rejects, or takes
   * more than 30 s) is not sent.
   */
  audit?: (entry: AuditEntry) => unknown;
  /** Kept for 24 hours; in memory, 4,096 swaps at most, unless given. Several processes need one that they share. */
  idempotency?: IdempotencyStore;
  /**
   * The origins of your pages, `https://ops.example.com`. Needed where a proxy in front changes `Host`; without it a request's
   * `Origin` has to have the host of its URL.
   */
  origins?: string[];
  /**
   * Milliseconds for which a further swap of an instance is refused after one was accepted, however soon its job ends; 5,000
   * unless given. While the job is under way it is refused anyway.
   */
  swapPauseMs?: number;
  /** As a client's. */
  algorithm?: "SDK-HMAC-SHA256" | "SDK-HMAC-SM3" | "V11-HMAC-SHA256";
  /** As a client's. */
  timeoutMs?: number;
  /** As a client's. */
  clockOffsetMs?: number;
  /** As a client's. */
  allowInsecure?: boolean;
  /** As a client's. It must send a request once. */
  fetch?: (request: Request, init?: RequestInit) => Promise<Response>;
  /** Told why a request failed, where the page is told only that; `console.error` unless given. */
  onError?: (error: unknown) => unknown;
}

/**
 * Answers a request; never rejects.
 * @param context Handed on to `authorize`.
 */
export type DcsHandler = (request: Request, context?: unknown) => Promise<Response>;

/** A listener of Node's servers, of Express and of Connect. */
export type NodeListener = (
  // Where Node's types are not, in a Worker for example, these two are `any`.
  // @ts-ignore
  incoming: import("node:http").IncomingMessage,
  // @ts-ignore
  outgoing: import("node:http").ServerResponse,
) => Promise<void>;

/**
 * Makes the back end of a page.
 *
 * @throws {TypeError} An option is missing, malformed or not known. What only the client can judge, an endpoint for example, is
 *   refused at the first request: `onError` is told.
 */
export declare function createDcsHandler(options: DcsHandlerOptions): DcsHandler;

/**
 * Makes a handler a listener: `createServer(toNodeListener(handler))`, `app.use("/dcs", toNodeListener(handler))`. It refuses
 * requests that two readers could read in two ways: a path that is not normal, two lengths of a body, two hosts.
 */
export declare function toNodeListener(
  handler: (request: Request, context?: unknown) => Promise<Response>,
): NodeListener;

/** What `fileAudit` makes: rejects when the entry is not on the disk. */
export type FileAudit = (entry: AuditEntry) => Promise<void>;

/**
 * An audit that appends one line of JSON for each entry to a file, mode 0600 if it makes it, and waits until the line is on
 * the disk. For Node, Deno and Bun.
 */
export declare function fileAudit(path: string): FileAudit;
