import { signRequest } from "huaweicloud-dcs";
import type { Algorithm, Credential, RemoteSignRequest } from "huaweicloud-dcs";
import { Store } from "./store.ts";

/** How a request proves who calls. */
export type Proof = "key" | "remote" | "token";

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
}

/** The parts of an Authorization header but the signature. */
export interface Authorization {
  algorithm: Algorithm;
  /** `Access=...` or `Credential=...` */
  access: string;
  signedHeaders: string;
}

/** Stands in the place of a secret. */
export const HIDDEN = "••••••••";
const SECRET_HEADERS = ["x-security-token", "x-auth-token"];
/** Requests kept. */
const KEPT = 200;

export const calls = new Store<{ list: Call[] }>({ list: [] });

const OPERATIONS: [string, RegExp, string][] = [
  ["PUT", /\/async-swap$/, "ChangeMasterStandbyAsync"],
  ["GET", /\/jobs\/[^/]+$/, "ShowJobInfo"],
  ["GET", /\/groups$/, "ListGroupReplicationInfo"],
  ["GET", /\/instances\/[^/]+$/, "ShowInstance"],
  ["GET", /\/instances$/, "ListInstances"],
  ["GET", /\/v3\/projects$/, "KeystoneListProjects"],
];

export const SWAP = "ChangeMasterStandbyAsync";

function operationOf(method: string, path: string): string {
  return OPERATIONS.find(([verb, form]) => verb === method && form.test(path))?.[2] ?? method;
}

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
  /** Where requests are sent, and what they are signed for, when the two differ. */
  via?: { sent: string; signed: string };
  /** Sees each request before it leaves, and the JSON of some answers. */
  onRequest?: (operation: string, url: string) => void;
  onAnswer?: (operation: string, url: string, json: unknown) => void;
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
    this.#options.onRequest?.(call.operation, call.url);
    try {
      const response = await fetch(request);
      patch(call.id, {
        state: "answered",
        status: response.status,
        requestId: response.headers.get("X-Request-Id") ?? undefined,
        elapsedMs: elapsedMs(),
      });
      return await this.#seen(call, response);
    } catch (error) {
      patch(call.id, { state: "failed", elapsedMs: elapsedMs() });
      throw error;
    }
  };

  #begin(request: Request): Call {
    const { via } = this.#options;
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
    const { credential } = this.#options;
    const proof: Proof = credential ? "key" : authorization ? "remote" : "token";
    const call: Call = {
      id: ++lastId,
      startedAt: Date.now(),
      operation: operationOf(request.method, new URL(url).pathname),
      method: request.method,
      sentUrl: request.url,
      url,
      proof,
      headers,
      authorization,
      state: "waiting",
    };
    Object.assign(
      call,
      credential ? signedHere(call, request, credential) : this.#signedThere(call),
    );
    calls.set({ list: [call, ...calls.value.list].slice(0, KEPT) });
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

  /** Looks at answers that tell of roles or of the job. */
  async #seen(call: Call, response: Response): Promise<Response> {
    const { onAnswer } = this.#options;
    const wanted = call.operation === SWAP || call.operation === "ListGroupReplicationInfo";
    if (!onAnswer || !wanted || !response.ok || !response.body) return response;
    try {
      // Before the package sees it: what a reload needs is written down before the next step is taken.
      const text = await small(response.clone());
      if (text !== undefined) onAnswer(call.operation, call.url, JSON.parse(text));
    } catch {
      // A cut or malformed answer is the package's to report.
    }
    return response;
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

/** A body of at most 256 KiB as text; a longer one is let go of. */
async function small(response: Response): Promise<string | undefined> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || !value) break;
    size += value.length;
    if (size > 256 * 1024) {
      // Not awaited: it ends only when the package has let go of its copy too.
      void reader?.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  return await new Blob(chunks).text();
}
