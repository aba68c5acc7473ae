// The module's glue, which the build makes with wasm-bindgen.

import type { Answer } from "./play.mjs";
import type { WasmSource } from "./index.d.ts";

/** A request that is being answered. */
export interface Asked {
  readonly answer: Promise<Answer>;
  /** The caller is gone: what has not begun does not begin. */
  abort(): void;
}

export interface Cloud {
  /** The headers come as name, value, name, value. */
  ask(method: string, target: string, headers: string[], body: Uint8Array): Asked;
}

export interface World {
  now(): number;
  random(bytes: Uint8Array): void;
  setTimeout(callback: () => void, ms: number): void;
}

/** Starts a cloud with these options, as JSON. */
export function startCloud(options: string, world: World): Promise<Cloud>;

export default function load(from: { module_or_path: WasmSource }): Promise<unknown>;
