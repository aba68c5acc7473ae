import { Store } from "./state/store.ts";

export type View = "instances" | "plan" | "requests" | "history";

export interface Route {
  view: View;
  /** The instance that is looked at. */
  instanceId?: string;
  /** What stands in the address in the place of an id and is none. */
  unusable?: string;
  /** The switchover of the history that is looked at. */
  entry?: string;
}

const VIEWS: readonly string[] = ["plan", "requests", "history"];
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A part of an address as text; one that is malformed stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads the part of the address after `#`: a view, an instance, or a past switchover. Nothing secret ever stands there. */
export function parse(hash: string): Route {
  const [view = "", part = ""] = hash.replace(/^#\/?/, "").split("/");
  const id = decoded(part).trim();
  if (view === "history" && id) return { view, entry: id };
  if (VIEWS.includes(view)) return { view: view as View };
  if (!id) return { view: "instances" };
  return UUID.test(id)
    ? { view: "instances", instanceId: id.toLowerCase() }
    : { view: "instances", unusable: id };
}

export const route = new Store<Route>(parse(location.hash));

export function watchRoute(): void {
  const none = { instanceId: undefined, unusable: undefined, entry: undefined };
  addEventListener("hashchange", () => route.set({ ...none, ...parse(location.hash) }));
}

export function href(view: View, id?: string): string {
  return id ? `#/${view}/${encodeURIComponent(id)}` : `#/${view}`;
}
