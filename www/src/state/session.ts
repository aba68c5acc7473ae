import { Credential, DcsClient, init, regions } from "huaweicloud-dcs";
import type { Algorithm, ClientOptions, RemoteSigner, SignedHeaders } from "huaweicloud-dcs";
import { load, sawRoles, useClient } from "./instances.ts";
import { Recorder } from "./recorder.ts";
import { settings } from "./settings.ts";
import { Store } from "./store.ts";

export type Kind = "key" | "temporary" | "token" | "signer";

/** Where calls go. None of it is secret. */
export interface Target {
  region?: string;
  endpoint?: string;
  iamEndpoint?: string;
  projectId?: string;
  via?: string;
  algorithm: Algorithm;
}

/** What was typed. Its secrets are handed to wasm memory at once and kept nowhere else. */
export interface Secrets {
  ak?: string;
  sk?: string;
  securityToken?: string;
  token?: string;
  signerUrl?: string;
}

export interface Session {
  connected: boolean;
  kind: Kind;
  /** The access key id, which is not secret, shortened. */
  who: string;
  target: Target;
  /** When credentials are wiped unless someone does something. */
  wipesAt: number;
  /** Why there are none any more. */
  cleared?: "asked" | "idle";
}

export const session = new Store<Session>({
  connected: false,
  kind: "key",
  who: "",
  target: { algorithm: "SDK-HMAC-SHA256" },
  wipesAt: Infinity,
});

/** What holds the credentials; only here. */
interface Held {
  client: DcsClient;
  credential?: Credential;
  recorder: Recorder;
}
let held: Held | undefined;
/** While a switchover runs, credentials are not wiped for idleness. */
let busy = () => false;
/** Told of every request and of some answers. */
let watchers: {
  onRequest?: (operation: string, url: string) => void;
  onAnswer?: (operation: string, url: string, json: unknown) => void;
  /** Credentials are about to be wiped. */
  onClear?: () => void;
} = {};

export function client(): DcsClient | undefined {
  return held?.client;
}

export function credential(): Credential | undefined {
  return held?.credential;
}

export function whileBusy(isBusy: () => boolean, watch: typeof watchers): void {
  busy = isBusy;
  watchers = watch;
}

/** Asks a back end to sign: it gets what is to be signed, and answers the headers. */
function remoteSigner(url: string, recorder: Recorder): RemoteSigner {
  return async (request) => {
    recorder.signedRemotely(request);
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
      // A signer of this origin knows its users by their cookie.
      credentials: "same-origin",
      redirect: "error",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
    if (!response.ok) throw new Error(`the signer answered HTTP ${response.status}`);
    const answer: unknown = await response.json();
    // Either the headers, or an object that has them, as signRequest answers.
    const headers = (answer as { headers?: SignedHeaders } | null)?.headers ?? answer;
    return headers as SignedHeaders;
  };
}

function endpointOf(target: Target): string | undefined {
  return target.endpoint ?? regions().find((region) => region.id === target.region)?.dcsEndpoint;
}

function viaOf(target: Target) {
  const signed = endpointOf(target);
  if (!target.via || !signed) return undefined;
  const trimmed = (url: string) => url.replace(/\/+$/, "");
  return { sent: trimmed(new URL(target.via, location.href).href), signed: trimmed(signed) };
}

function masked(ak: string): string {
  return ak.length > 8 ? `${ak.slice(0, 4)}…${ak.slice(-4)}` : ak;
}

function instanceOf(url: string): string | undefined {
  return /\/instances?\/([^/]+)\/(?:groups|async-swap)$/.exec(new URL(url).pathname)?.[1];
}

/** Hands the secrets to wasm memory: to the client, and to a credential that signs for the inspector. */
function open(kind: Kind, target: Target, secrets: Secrets): Held {
  const { ak = "", sk = "", securityToken, token = "", signerUrl = "" } = secrets;
  const keys = { ak, sk, ...(securityToken && { securityToken }) };
  const signing = kind === "key" || kind === "temporary" ? new Credential(keys) : undefined;
  const recorder = new Recorder({
    credential: signing,
    via: viaOf(target),
    onRequest: (operation, url) => watchers.onRequest?.(operation, url),
    onAnswer: (operation, url, json) => {
      const id = instanceOf(url);
      if (id && operation === "ListGroupReplicationInfo") sawRoles(id, json);
      watchers.onAnswer?.(operation, url, json);
    },
  });
  const given = Object.entries(target).filter(([, value]) => value);
  const options: ClientOptions = { ...Object.fromEntries(given), fetch: recorder.fetch };
  if (kind === "signer") options.signer = remoteSigner(signerUrl, recorder);
  else options.credentials = signing ? keys : { token };
  try {
    return { credential: signing, recorder, client: new DcsClient(options) };
  } catch (error) {
    signing?.free();
    throw error;
  }
}

/** Connects: the first page of instances proves that the credentials are good. Throws what kept it from that. */
export async function connect(kind: Kind, target: Target, secrets: Secrets): Promise<void> {
  // Before a secret is taken: options given to a client that is not loaded would wait in JavaScript's memory.
  await init();
  release();
  held = open(kind, target, secrets);
  useClient(held.client);
  try {
    await load();
  } catch (error) {
    release();
    throw error;
  }
  const who = held.credential ? masked(held.credential.ak) : "";
  session.set({ connected: true, kind, who, target, cleared: undefined });
  touch();
}

function release(): void {
  held?.recorder.forget();
  held?.client.free();
  held?.credential?.free();
  held = undefined;
  useClient(undefined);
}

/** Wipes the credentials. */
export function clear(why: "asked" | "idle"): void {
  // A call under way would hold on to them.
  watchers.onClear?.();
  release();
  session.set({ connected: false, who: "", wipesAt: Infinity, cleared: why });
}

function touch(): void {
  if (!session.value.connected) return;
  session.set({ wipesAt: Date.now() + settings.value.idleMinutes * 60_000 });
}

/** Milliseconds between two looks at the clock, and the least between two notes of activity. */
const TICK = 1_000;

/** Wipes credentials when nobody is there. */
export function watchIdleness(): void {
  let noted = 0;
  const active = () => {
    // A moving pointer would draw the page again with every pixel.
    if (Date.now() - noted < TICK) return;
    noted = Date.now();
    // A lid that was closed: the time was up before this key.
    if (noted >= session.value.wipesAt && !busy()) clear("idle");
    else touch();
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    addEventListener(kind, active, { passive: true, capture: true });
  }
  settings.subscribe(touch);
  const look = () => {
    if (!session.value.connected) return;
    if (busy()) touch();
    else if (Date.now() >= session.value.wipesAt) clear("idle");
  };
  setInterval(look, TICK);
  // Timers sleep with a laptop's lid closed.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
}
