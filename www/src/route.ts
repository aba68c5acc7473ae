import { Store } from "./state/store.ts";

export type View = "instances" | "requests" | "history";

export interface Route {
  view: View;
  /** The instance that is looked at. */
  instanceId?: string;
}

/** Reads the part of the address after `#`: a view, or an instance. Nothing secret ever stands there. */
export function parse(hash: string): Route {
  const [view, id] = hash.replace(/^#\/?/, "").split("/");
  if (view === "requests" || view === "history") return { view };
  if (view === "instances" && id && /^[0-9a-f-]{36}$/i.test(id)) {
    return { view, instanceId: id.toLowerCase() };
  }
  return { view: "instances" };
}

export const route = new Store<Route>(parse(location.hash));

export function watchRoute(): void {
  addEventListener("hashchange", () =>
    route.set({ instanceId: undefined, ...parse(location.hash) }),
  );
}

export function href(view: View, instanceId?: string): string {
  return instanceId ? `#/${view}/${instanceId}` : `#/${view}`;
}
