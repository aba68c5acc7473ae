/** What the project's emulator tells of itself; its key is public by design and opens nothing else. */
export interface EmulatorConfig {
  region: string;
  access_key: string;
  secret_key: string;
}

/** Whether the page comes from the emulator. Asked on this machine only. */
export async function findEmulator(): Promise<EmulatorConfig | undefined> {
  if (!["127.0.0.1", "localhost", "[::1]"].includes(location.hostname)) return undefined;
  try {
    const response = await fetch("/_emulator/config", { credentials: "omit", cache: "no-store" });
    if (!response.ok) return undefined;
    const config = (await response.json()) as Partial<EmulatorConfig>;
    const { region, access_key: ak, secret_key: sk } = config;
    if (typeof region !== "string" || typeof ak !== "string" || typeof sk !== "string") {
      return undefined;
    }
    return { region, access_key: ak, secret_key: sk };
  } catch {
    // A page of another server, or of none: offline.
    return undefined;
  }
}
