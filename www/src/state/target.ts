import type { Algorithm } from "huaweicloud-dcs";

/** How the page reaches the service. */
export type Place = "server" | "region" | "endpoint";

export type Kind = "key" | "temporary" | "token" | "signer";

/** Where calls go. None of it is secret. */
export interface Target {
  /** The address of a back end that holds the credentials; it needs none of the fields below but the region. */
  server?: string;
  region?: string;
  endpoint?: string;
  iamEndpoint?: string;
  projectId?: string;
  via?: string;
  algorithm?: Algorithm;
}

/** What is not secret of the form, and so may live in state and be remembered. */
export interface Connection {
  place: Place;
  kind: Kind;
  server: string;
  region: string;
  endpoint: string;
  iamEndpoint: string;
  projectId: string;
  via: string;
  signerUrl: string;
  algorithm: Algorithm;
}

export const ALGORITHMS: Algorithm[] = ["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"];
const KINDS: readonly string[] = ["key", "temporary", "token", "signer"] satisfies Kind[];
const PLACES: readonly string[] = ["server", "region", "endpoint"] satisfies Place[];
const KEY = "dcs-console.connection";

export const FIRST: Connection = {
  place: "server",
  kind: "key",
  server: "/dcs",
  region: "cn-north-4",
  endpoint: "",
  iamEndpoint: "",
  projectId: "",
  via: "",
  signerUrl: "",
  algorithm: "SDK-HMAC-SHA256",
};

/** The fields of a connection that are usable, whoever wrote them. */
export function readConnection(value: unknown): Partial<Connection> {
  if (typeof value !== "object" || value === null) return {};
  const given = value as Record<string, unknown>;
  const good = Object.keys(FIRST).filter((name) => {
    const one = given[name];
    if (typeof one !== "string") return false;
    if (name === "place") return PLACES.includes(one);
    if (name === "kind") return KINDS.includes(one);
    return name !== "algorithm" || (ALGORITHMS as string[]).includes(one);
  });
  return Object.fromEntries(good.map((name) => [name, given[name]]));
}

export function remembered(): Partial<Connection> {
  try {
    return readConnection(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return {};
  }
}

/** An address whose query or user might hold a secret is not remembered. */
const isPlain = (address: string) => !/[?#@]/.test(address);

export function rememberConnection(connection: Connection): void {
  const plain = Object.entries(connection).filter(([, value]) => isPlain(value));
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(plain)));
  } catch {
    // Then it has to be typed again.
  }
}

export function targetOf(form: Connection): Target {
  const text = (value: string) => value.trim() || undefined;
  if (form.place === "server") return { server: text(form.server), region: text(form.region) };
  const byEndpoint = form.place === "endpoint";
  return {
    region: text(form.region),
    endpoint: byEndpoint ? text(form.endpoint) : undefined,
    iamEndpoint: byEndpoint ? text(form.iamEndpoint) : undefined,
    projectId: text(form.projectId),
    via: text(form.via),
    algorithm: form.algorithm,
  };
}

/** A place in a few words: its region, and the host unless it is the region's own. */
export function placeOf({ server, endpoint, region }: Target): string {
  const host = endpoint && hostOf(endpoint);
  return [region, host ?? (server && !region ? server : undefined)].filter(Boolean).join(" · ");
}

/** What tells an instance at one place from that of the same id at another. */
export function keyOf({ server, endpoint, region }: Target, instanceId: string): string {
  return [server ?? endpoint ?? "", region ?? "", instanceId].join("|");
}

export function hostOf(url: string): string | undefined {
  try {
    return new URL(url, globalThis.location?.href).host;
  } catch {
    return undefined;
  }
}
