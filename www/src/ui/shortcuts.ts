import { useEffect } from "preact/hooks";
import { href, route } from "../route.ts";
import { reload } from "../state/fleet.ts";

const inText = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest("input:not([type=checkbox], [type=radio]), select, textarea, dialog") !== null;

const links = () => [...document.querySelectorAll<HTMLElement>("#instances-list a")];

/** The link that has the focus, or the one that is shown. */
function here(all: HTMLElement[]): number {
  const focused = document.activeElement?.closest("li")?.querySelector("a") ?? null;
  const at = all.findIndex((link) => link === focused);
  return at >= 0 ? at : all.findIndex((link) => link.hasAttribute("aria-current"));
}

/** Moves from link to link in the list of instances, from wherever the focus is. */
function move(by: 1 | -1): void {
  const all = links();
  const at = here(all);
  // Without one that has the focus or is shown, to the first.
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
}

function tickHere(): void {
  const all = links();
  const box = all[here(all)]?.closest("li")?.querySelector<HTMLInputElement>("input");
  box?.click();
}

/** Back to the list, to the one that was open. */
function back(): void {
  const { view, instanceId, unusable } = route.value;
  if (view !== "instances" || !(instanceId ?? unusable)) return;
  location.hash = href("instances");
  requestAnimationFrame(() => {
    const link = `#instances-list [data-id="${instanceId}"] a`;
    const at = document.querySelector<HTMLElement>(link) ?? document.getElementById("filter");
    at?.focus();
  });
}

const KEYS: Record<string, () => void> = {
  "/": () => document.querySelector<HTMLElement>("#filter")?.focus(),
  r: () => reload(),
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  // Opens the question, whose safe answer has the focus: no key swaps by itself.
  s: () => document.querySelector<HTMLElement>("[data-swap]")?.click(),
  x: tickHere,
  Escape: back,
  "1": () => (location.hash = href("instances")),
  "2": () => (location.hash = href("requests")),
  "3": () => (location.hash = href("history")),
};

/** An arrow scrolls the page, and a radio button has arrows of its own: they move in the list when the focus is there. */
const isArrowElsewhere = (key: string) =>
  key.startsWith("Arrow") && document.activeElement?.closest("#instances-list") === null;

/** Keys of one letter, where no text is typed. */
export function useShortcuts(onHelp: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (inText(event.target) || isArrowElsewhere(key)) return;
      const action = key === "?" ? onHelp : KEYS[key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
