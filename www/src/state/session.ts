import { Credential, DcsClient, init, regions } from "huaweicloud-dcs";
import type { ClientOptions, RemoteSigner, SignedHeaders } from "huaweicloud-dcs";
import { load, sawRoles, useClient } from "./fleet.ts";
import { Recorder } from "./recorder.ts";
import { settings } from "./settings.ts";
import { Store } from "./store.ts";
import { type Kind, type Target, hostOf } from "./target.ts";

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
  kind: Kind | "server";
  /** The access key id, which is not secret, shortened; or the user that the back end names. */
  who: string;
  target: Target;
  /** The project as the requests name it, once one was sent. */
  projectId?: string;
  /** The back end lets this user swap nothing. */
  readOnly: boolean;
  /** When credentials are wiped unless someone does something. */
  wipesAt: number;
  /** Why there are none any more. */
  cleared?: "asked" | "idle";
}

export const session = new Store<Session>({
  connected: false,
  kind: "key",
  who: "",
  target: {},
  readOnly: false,
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
/** Told of answers, and of the end of a session. */
let watchers: {
  onSwap?: (instanceId: string, requestId: string | undefined) => void;
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

/** The signer's last refusal: the package says that the signer failed, and the page where and how. */
export const signerFailure: { host?: string; status?: number } = {};

/** Asks a back end to sign: it gets what is to be signed, and answers the headers. */
function remoteSigner(url: string, recorder: Recorder): RemoteSigner {
  return async (request) => {
    recorder.signedRemotely(request);
    signerFailure.host = hostOf(url);
    signerFailure.status = undefined;
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
    signerFailure.status = response.status;
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

/** What a back end says of itself, and what sends when it is not the page's fetch. */
interface More {
  user?: string;
  projectId?: string;
  readOnly?: boolean;
  fetch?: (request: Request) => Promise<Response>;
}

/** Hands the secrets to wasm memory: to the client, and to a credential that signs for the inspector. */
function open(kind: Session["kind"], target: Target, secrets: Secrets, { fetch }: More): Held {
  const { ak = "", sk = "", securityToken, token = "", signerUrl = "" } = secrets;
  const keys = { ak, sk, ...(securityToken && { securityToken }) };
  const signing = kind === "key" || kind === "temporary" ? new Credential(keys) : undefined;
  const recorder = new Recorder({
    credential: signing,
    server: target.server,
    via: viaOf(target),
    fetch,
    onProject: (projectId) => {
      if (session.value.projectId !== projectId) session.set({ projectId });
    },
    onRoles: sawRoles,
    onSwap: (id, requestId) => watchers.onSwap?.(id, requestId),
  });
  const given = Object.entries(target).filter(([, value]) => value);
  const options: ClientOptions = { ...Object.fromEntries(given), fetch: recorder.fetch };
  if (kind === "signer") options.signer = remoteSigner(signerUrl, recorder);
  else if (kind !== "server") options.credentials = signing ? keys : { token };
  try {
    return { credential: signing, recorder, client: new DcsClient(options) };
  } catch (error) {
    signing?.free();
    throw error;
  }
}

/** Connects: the first page of instances proves that the credentials are good. Throws what kept it from that. */
export async function connect(
  kind: Session["kind"],
  target: Target,
  secrets: Secrets,
  more: More = {},
): Promise<void> {
  // Before a secret is taken: options given to a client that is not loaded would wait in JavaScript's memory.
  await init();
  release();
  session.set({ projectId: more.projectId });
  held = open(kind, target, secrets, more);
  useClient(held.client);
  try {
    await load();
  } catch (error) {
    release();
    throw error;
  }
  const who = held.credential ? masked(held.credential.ak) : (more.user ?? "");
  const { readOnly = false } = more;
  session.set({ connected: true, kind, who, target, readOnly, cleared: undefined });
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
