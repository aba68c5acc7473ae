/**
 * The other tabs of this console. They tell each other of switchovers and of the history; nothing secret is ever told.
 */

/** A random id; `crypto.randomUUID` is missing in pages that are not secure. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** This tab, until it is loaded again. */
export const TAB = randomId();

export interface Message {
  tab: string;
  /** `hello` asks every tab to tell of its switchovers; `bye` is the last word of a tab. */
  kind: "hello" | "bye" | "run" | "seen" | "history";
  body?: unknown;
}

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("dcs-console") : undefined;

export function tell(kind: Message["kind"], body?: unknown): void {
  channel?.postMessage({ tab: TAB, kind, body } satisfies Message);
}

export function listen(listener: (message: Message) => void): void {
  channel?.addEventListener("message", (event: MessageEvent<Message>) => listener(event.data));
}
