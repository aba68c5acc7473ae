import { useEffect } from "preact/hooks";
import { href } from "../route.ts";
import { reload } from "../state/instances.ts";

const inText = (target: EventTarget | null) =>
  target instanceof Element && target.closest("input, select, textarea, dialog") !== null;

/** Moves from link to link in the list of instances. */
function moveInList(key: string): boolean {
  const links = [...document.querySelectorAll<HTMLElement>("#instances-list a")];
  const at = links.findIndex((link) => link === document.activeElement);
  if (at < 0) return false;
  links[at + (key === "ArrowDown" || key === "j" ? 1 : -1)]?.focus();
  return true;
}

const KEYS: Record<string, () => void> = {
  "/": () => document.querySelector<HTMLElement>("#filter")?.focus(),
  r: () => reload(),
  "1": () => (location.hash = href("instances")),
  "2": () => (location.hash = href("requests")),
  "3": () => (location.hash = href("history")),
};

/** Keys of one letter, where no text is typed. */
export function useShortcuts(onHelp: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || inText(event.target)) return;
      if (key === "ArrowDown" || key === "ArrowUp" || key === "j" || key === "k") {
        if (moveInList(key)) event.preventDefault();
        return;
      }
      const action = key === "?" ? onHelp : KEYS[key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
