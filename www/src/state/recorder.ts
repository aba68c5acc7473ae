import { signRequest } from "huaweicloud-dcs";
import type { Algorithm, Credential, RemoteSignRequest } from "huaweicloud-dcs";
import { type Body, HIDDEN, readBody, shownHeaders } from "./bodies.ts";
import { Store } from "./store.ts";

export { HIDDEN };

/** How a request proves who calls; `server`: the page's own back end knows it by its session. */
export type Proof = "key" | "remote" | "token" | "server";

/** A request that was sent, without anything secret: no signature, no token. */
export interface Call {
  id: number;
  startedAt: number;
  operation: string;
  method: string;
  /** Where it went. */
  sentUrl: string;
  /** What was signed; another one when it went through a proxy. */
  url: string;
  proof: Proof;
  /** Names as sent, values with secrets left out. */
  headers: [string, string][];
  authorization?: Authorization;
  canonicalRequest?: string;
  stringToSign?: string;
  /** Whether signing it again gives what was sent. */
  matches?: boolean;
  state: "waiting" | "answered" | "failed";
  status?: number;
  requestId?: string;
  elapsedMs?: number;
  /** Of the answer. */
  answerHeaders?: [string, string][];
  answer?: Body;
}

/** The parts of an Authorization header but the signature. */
export interface Authorization {
  algorithm: Algorithm;
  /** `Access=...` or `Credential=...` */
  access: string;
  signedHeaders: string;
}

const SECRET_HEADERS = ["x-security-token", "x-auth-token"];
/** Reads that are kept. Swaps are kept all: they are few, and what matters. */
const KEPT = 200;

export const calls = new Store<{ list: Call[] }>({ list: [] });

const OPERATIONS: [string, RegExp, string][] = [
  ["PUT", /\/async-swap$/, "ChangeMasterStandbyAsync"],
  ["POST", /\/swap$/, "ChangeMasterStandby"],
  ["GET", /\/jobs\/[^/]+$/, "ShowJobInfo"],
  ["GET", /\/groups$/, "ListGroupReplicationInfo"],
  ["GET", /\/tasks$/, "ListBackgroundTask"],
  ["GET", /\/instances\/[^/]+$/, "ShowInstance"],
  ["GET", /\/instances$/, "ListInstances"],
  ["GET", /\/v3\/projects$/, "KeystoneListProjects"],
];

export const SWAP = "ChangeMasterStandbyAsync";
const ROLES = "ListGroupReplicationInfo";

export const isSwap = (operation: string) => operation.startsWith("ChangeMasterStandby");

function operationOf(method: string, path: string): string {
  return OPERATIONS.find(([verb, form]) => verb === method && form.test(path))?.[2] ?? method;
}

const instanceOf = (url: string) => /\/instances?\/([^/]+)\//.exec(new URL(url).pathname)?.[1];

function readAuthorization(value: string): Authorization | undefined {
  const match =
    /^(?<algorithm>\S+) (?<access>(?:Access|Credential)=[^,]+), SignedHeaders=(?<names>[^,]+),/.exec(
      value,
    );
  const { algorithm, access, names } = match?.groups ?? {};
  if (!algorithm || !access || !names) return undefined;
  return { algorithm: algorithm as Algorithm, access, signedHeaders: names };
}

/** A canonical request with the values of secret headers left out. */
function masked(canonicalRequest: string): string {
  return canonicalRequest.replace(/^(x-security-token|x-auth-token):.*$/gm, `$1:${HIDDEN}`);
}

function patch(id: number, change: Partial<Call>): void {
  calls.set({
    list: calls.value.list.map((call) => (call.id === id ? { ...call, ...change } : call)),
  });
}

/** Newest first: the newest reads and every swap. */
function kept(list: Call[]): Call[] {
  let reads = 0;
  return list.filter((call) => isSwap(call.operation) || ++reads <= KEPT);
}

/** What a call needs to be signed again. */
export function signingOptions(call: Call, date: string | Date) {
  const [, , region, service] = call.authorization?.access.split("/") ?? [];
  return {
    method: call.method,
    url: call.url,
    headers: Object.fromEntries(
      call.headers.filter(([name]) => !/^(host|x-sdk-date|x-security-token)$/i.test(name)),
    ),
    date,
    algorithm: call.authorization?.algorithm ?? ("SDK-HMAC-SHA256" as const),
    ...(region && service ? { region, service } : {}),
  };
}

let lastId = 0;

export interface RecorderOptions {
  /** The key that signs, when this page has it. */
  credential?: Credential;
  /** The back end that the page talks to, when it has one. */
  server?: string;
  /** Where requests are sent, and what they are signed for, when the two differ. */
  via?: { sent: string; signed: string };
  /** What sends; the page's fetch unless given. */
  fetch?: (request: Request) => Promise<Response>;
  /** The project that a request names. */
  onProject?: (projectId: string) => void;
  /** Roles, as an answer tells them. */
  onRoles?: (instanceId: string, answer: unknown) => void;
  /** A swap was answered. */
  onSwap?: (instanceId: string, requestId: string | undefined) => void;
}

/** A fetch that keeps what it sends, for the inspector. */
export class Recorder {
  #options: RecorderOptions;
  /** What the remote signer was asked to sign, until it is sent. */
  #remote: RemoteSignRequest[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Lets go of the key. */
  forget(): void {
    this.#options = {};
    this.#remote = [];
  }

  signedRemotely(request: RemoteSignRequest): void {
    this.#remote = [...this.#remote.slice(-20), request];
  }

  fetch = async (request: Request): Promise<Response> => {
    const call = this.#begin(request);
    const started = performance.now();
    const elapsedMs = () => performance.now() - started;
    try {
      const send = this.#options.fetch ?? fetch;
      const response = await send(request);
      const requestId = response.headers.get("X-Request-Id") ?? undefined;
      patch(call.id, {
        state: "answered",
        status: response.status,
        requestId,
        answerHeaders: shownHeaders(response.headers),
        elapsedMs: elapsedMs(),
      });
      const id = instanceOf(call.url);
      if (id && isSwap(call.operation)) this.#options.onSwap?.(id, requestId);
      const looked = this.#look(call, response.clone());
      // Before the package sees them: what is known of the roles is known when it takes the next step.
      if (call.operation === ROLES) await looked;
      return response;
    } catch (error) {
      patch(call.id, { state: "failed", elapsedMs: elapsedMs() });
      throw error;
    }
  };

  #begin(request: Request): Call {
    const { via, server, credential } = this.#options;
    const url =
      via && request.url.startsWith(via.sent)
        ? via.signed + request.url.slice(via.sent.length)
        : request.url;
    const headers = [...request.headers]
      .filter(([name]) => name !== "authorization")
      .map(([name, value]): [string, string] => [
        name,
        SECRET_HEADERS.includes(name) ? HIDDEN : value,
      ]);
    const authorization = readAuthorization(request.headers.get("Authorization") ?? "");
    const here = credential ? "key" : authorization ? "remote" : "token";
    const { pathname } = new URL(url);
    const call: Call = {
      id: ++lastId,
      startedAt: Date.now(),
      operation: operationOf(request.method, pathname),
      method: request.method,
      sentUrl: request.url,
      url,
      proof: server ? "server" : here,
      headers,
      authorization,
      state: "waiting",
    };
    const project = /\/v2\/([0-9a-f]{32})\//.exec(pathname)?.[1];
    if (project) this.#options.onProject?.(project);
    Object.assign(
      call,
      credential ? signedHere(call, request, credential) : this.#signedThere(call),
    );
    calls.set({ list: kept([call, ...calls.value.list]) });
    return call;
  }

  #signedThere(call: Call): Partial<Call> {
    const index = this.#remote.findIndex(
      (asked) => asked.url === call.url && asked.method === call.method,
    );
    const [asked] = index < 0 ? [] : this.#remote.splice(index, 1);
    if (!asked) return {};
    return {
      canonicalRequest: masked(asked.canonicalRequest),
      stringToSign: asked.stringToSign,
    };
  }

  /** Keeps an answer for the inspector, and looks at those that tell of roles. */
  async #look(call: Call, response: Response): Promise<void> {
    try {
      const { body, json } = await readBody(response);
      patch(call.id, { answer: body });
      const id = instanceOf(call.url);
      const roles = id && call.operation === ROLES && response.ok && json !== undefined;
      if (roles) this.#options.onRoles?.(id, json);
    } catch {
      // A cut answer is the package's to report.
    }
  }
}

/** Signs what was sent again, from its parts. */
function signedHere(call: Call, request: Request, credential: Credential): Partial<Call> {
  const date = request.headers.get("X-Sdk-Date");
  if (!date || !call.authorization) return {};
  try {
    const again = signRequest({ ...signingOptions(call, date), credentials: credential });
    const sent = request.headers.get("Authorization");
    return {
      canonicalRequest: masked(again.canonicalRequest),
      stringToSign: again.stringToSign,
      matches: again.headers.Authorization === sent,
    };
  } catch {
    return {};
  }
}
