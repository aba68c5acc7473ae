import type { Emulator } from "./admin.mjs";

/** Where the WebAssembly comes from: its address, a response, its bytes or the compiled module. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

export interface CloudOptions {
  /** How many master/standby instances there are at the start; 1 unless given. */
  instances?: number;
  /** Whether one instance of every other kind and state is added. */
  variety?: boolean;
  /** How long a swap takes, in milliseconds; 300 unless given. */
  jobMs?: number;
  /** The region; `cn-north-4` unless given. */
  region?: string;
  /** The form of the service's error codes; `dcs` unless given. */
  codes?: "dcs" | "nine-digit";
  /** Milliseconds since 1970; `Date.now` unless given. */
  now?: () => number;
  /** Fills bytes at random; `crypto.getRandomValues` unless given. */
  random?: (bytes: Uint8Array) => void;
  /** Calls back after milliseconds; the timer of the moment unless given. */
  setTimeout?: (callback: () => void, ms: number) => void;
  /** The module; the file beside this one unless given. */
  wasm?: WasmSource;
}

export interface Cloud {
  /** Answers like the service; whatever is not for it fails as a network would. */
  fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  /** Arms faults, changes instances, tells what is true. */
  admin: Emulator;
  /** Options of a client. */
  config: {
    endpoint: string;
    iamEndpoint: string;
    region: string;
    projectId: string;
    credentials: { ak: string; sk: string };
  };
  /** The ids of the instances that it started with. */
  instanceIds: string[];
}

/**
 * Starts a cloud in this process.
 *
 * @throws When an option cannot be used, or the module cannot be loaded.
 * @example
 * const cloud = await createEmulator({ instances: 3 });
 * const dcs = new DcsClient({ fetch: cloud.fetch, ...cloud.config });
 * await dcs.switchover({ instanceId: cloud.instanceIds[0] });
 */
export function createEmulator(options?: CloudOptions): Promise<Cloud>;
