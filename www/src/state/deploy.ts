import { type Connection, hostOf, readConnection } from "./target.ts";

/** What whoever deploys the page offers to whoever opens it. Nothing of it may be secret: everyone can read it. */
export interface Preset {
  name: string;
  connection: Partial<Connection>;
}

/** What a back end says of itself. */
export interface BackEnd {
  server: string;
  regions: string[];
  user?: string;
  projectId?: string;
  /** It lets this user swap nothing. */
  readOnly: boolean;
}

export interface Deployment {
  presets: Preset[];
  backEnd?: BackEnd;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

async function json(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  try {
    const response = await fetch(url, {
      credentials: "same-origin",
      cache: "no-store",
      headers,
      referrerPolicy: "no-referrer",
      redirect: "error",
    });
    const type = response.headers.get("Content-Type") ?? "";
    return response.ok && type.includes("json") ? await response.json() : undefined;
  } catch {
    // None there, or none that can be read: then nothing is offered.
    return undefined;
  }
}

function readPresets(config: unknown): Preset[] {
  const { presets } = (config ?? {}) as { presets?: unknown };
  if (!Array.isArray(presets)) return [];
  return presets.flatMap((one: unknown) => {
    const { name } = (one ?? {}) as { name?: unknown };
    const connection = readConnection(one);
    if (!isText(name)) return [];
    const place = connection.server ? "server" : connection.endpoint ? "endpoint" : "region";
    return [{ name, connection: { place, ...connection } }];
  });
}

/** Asks a back end who may do what; undefined when none answers there. */
export async function askBackEnd(server: string): Promise<BackEnd | undefined> {
  const base = server.replace(/\/+$/, "");
  // A back end of another origin would get no cookie: it is for the form to say so.
  if (hostOf(base) !== location.host) return undefined;
  // The header is what a form of another site cannot send: the back end insists on it.
  const config = await json(`${base}/config`, { "X-Dcs-Request": "1" });
  if (typeof config !== "object" || config === null) return undefined;
  const { regions, user, projectId, readOnly } = config as Record<string, unknown>;
  if (!Array.isArray(regions)) return undefined;
  return {
    server,
    regions: regions.filter(isText),
    user: isText(user) ? user : undefined,
    projectId: isText(projectId) ? projectId : undefined,
    readOnly: readOnly === true,
  };
}

/** What the place offers that the page comes from: presets of `config.json`, and a back end. */
export async function findDeployment(): Promise<Deployment> {
  const config = await json("config.json");
  const presets = readPresets(config);
  const { server } = (config ?? {}) as { server?: unknown };
  const named = isText(server)
    ? server
    : presets.find((one) => one.connection.server)?.connection.server;
  return { presets, backEnd: await askBackEnd(named ?? "/dcs") };
}
