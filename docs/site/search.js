// @ts-check
// The search of the site: in the page, without a server, also when the page is a file.

import { MiniSearch, OPTIONS } from "./words.mjs";

/** How many results are shown, and how many characters of each. */
const MOST = 12;
const SHOWN = 140;
const input = /** @type {HTMLInputElement} */ (document.getElementById("query"));
const found = /** @type {HTMLElement} */ (document.getElementById("found"));
const root = document.body.dataset.root ?? "./";
const language = document.documentElement.lang === "zh-CN" ? "zh" : "en";

/** @type {Promise<MiniSearch> | undefined} */
let index;

/** Reads the index once, as a script: a page of a file may fetch nothing. */
function load() {
  index ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}search-index.js`;
    script.onload = () =>
      resolve(MiniSearch.loadJSON(/** @type {any} */ (globalThis).searchIndex, OPTIONS));
    script.onerror = () => {
      index = undefined;
      reject(new Error("the index could not be loaded"));
    };
    document.head.append(script);
  });
  return index;
}

/** The text around the first of the words. @param {string} text @param {string[]} terms */
function around(text, terms) {
  const lower = text.toLowerCase();
  const at = terms.map((term) => lower.indexOf(term.toLowerCase())).find((at) => at >= 0) ?? 0;
  // From a word's beginning to a word's end, where there are words.
  const from = at < 40 ? 0 : Math.max(text.lastIndexOf(" ", at - 20) + 1, at - 40);
  const short = text.slice(from, from + SHOWN);
  const to = from + SHOWN < text.length ? short.replace(/[ ,;:]?[\w(]*$/, "…") : short;
  return `${from > 0 ? "…" : ""}${to}`;
}

/** @param {import("minisearch").SearchResult} result @param {number} at */
function item({ address, heading, title, text, terms }, at) {
  const a = document.createElement("a");
  a.role = "option";
  a.id = `found-${at}`;
  a.href = root + address;
  a.tabIndex = -1;
  const strong = document.createElement("strong");
  strong.textContent = heading === title ? title : `${title}: ${heading}`;
  const span = document.createElement("span");
  span.textContent = around(text, terms);
  a.append(strong, span);
  return a;
}

async function search() {
  const query = input.value.trim();
  if (query === "") return close();
  /** @type {Element[]} */
  let items = [];
  let why = found.dataset.nothing;
  try {
    const results = (await load()).search(query, {
      boostDocument: (_, __, stored) => (stored?.language === language ? 3 : 1),
    });
    if (query !== input.value.trim()) return undefined;
    items = results.slice(0, MOST).map(item);
  } catch {
    why = found.dataset.unready;
  }
  if (items.length === 0) {
    const none = document.createElement("p");
    none.className = "none";
    none.textContent = why ?? "";
    items = [none];
  }
  found.replaceChildren(...items);
  found.hidden = false;
  input.setAttribute("aria-expanded", "true");
  choose(0);
  return undefined;
}

function close() {
  found.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

const options = () => [...found.querySelectorAll("a")];
const chosen = () => options().findIndex((one) => one.ariaSelected === "true");

/** @param {number} at */
function choose(at) {
  const all = options();
  if (all.length === 0) return input.removeAttribute("aria-activedescendant");
  const next = (at + all.length) % all.length;
  all.forEach((one, index) => (one.ariaSelected = String(index === next)));
  all[next]?.scrollIntoView({ block: "nearest" });
  return input.setAttribute("aria-activedescendant", `found-${next}`);
}

input.addEventListener("focus", () => void load().catch(() => undefined));
input.addEventListener("input", () => void search());
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  else if (event.key === "ArrowDown") choose(chosen() + 1);
  else if (event.key === "ArrowUp") choose(chosen() - 1);
  else if (event.key === "Enter") options()[Math.max(0, chosen())]?.click();
  else return;
  event.preventDefault();
});
// A result in this very page: only the anchor changes.
found.addEventListener("click", close);
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element && target.closest("search"))) close();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
});

// The menu is open where it has room.
const menu = document.querySelector("nav > details");
if (menu instanceof HTMLDetailsElement && matchMedia("(max-width: 60rem)").matches)
  menu.open = false;
