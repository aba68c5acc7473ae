// @ts-check
// Reads what the papers are checked for: headings, code blocks with the notes on them, links, tables.

/**
 * @typedef {object} Note What an HTML comment before a block says: `<!-- sample: {...} -->`.
 * @property {string} [skip] Not run, for this reason.
 * @property {string} [same] The block stands in this file, which is run elsewhere.
 * @property {string} [file] Written to this file of the project; not run by itself.
 * @property {boolean} [continues] Goes on where the block before it ended.
 * @property {string} [background] Kept running for the blocks that follow; ready when it prints this.
 * @property {boolean} [page] Bundled, and run in a page.
 * @property {string} [shows] What the page's <output> says in the end.
 * @property {object | object[]} [fault] Armed in the emulator.
 * @property {number} [swaps] How many swaps really run.
 * @property {number} [exit] The exit code; 0 unless given.
 * @property {Record<string, string>} [env] Added to the environment.
 * @property {string} [identity] What the platform gives in place of keys: `pod`, `github` or `server`.
 */

/**
 * @typedef {object} Block
 * @property {string} paper
 * @property {number} line Of its first line of code.
 * @property {string} language
 * @property {string} code
 * @property {Note} note
 */

/** @typedef {{ level: number, text: string, slug: string, line: number }} Heading */
/** @typedef {{ text: string, target: string, line: number }} Link */
/** @typedef {{ paper: string, blocks: Block[], headings: Heading[], links: Link[], tableRows: number[], figures: string[] }} Paper */

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/;
const NOTE = /^<!-- sample: (\{.*\}) -->$/;
const LINK = /!?\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g;

/**
 * @param {string} paper
 * @param {string} text
 * @returns {Paper}
 */
export function read(paper, text) {
  /** @type {Paper} */
  const found = { paper, blocks: [], headings: [], links: [], tableRows: [], figures: [] };
  const lines = text.split("\n");
  const slugs = new Map();
  /** @type {Note} */
  let note = {};
  for (let at = 0; at < lines.length; at++) {
    const line = /** @type {string} */ (lines[at]);
    const fence = FENCE.exec(line);
    if (fence) {
      const [, mark = "", language = ""] = fence;
      const end = lines.findIndex((other, index) => index > at && other.trim() === mark);
      if (end < 0) throw new Error(`${paper}:${at + 1}: the block does not end`);
      const code = lines.slice(at + 1, end).join("\n") + "\n";
      found.blocks.push({ paper, line: at + 2, language, code, note });
      note = {};
      at = end;
      continue;
    }
    const said = NOTE.exec(line.trim());
    if (said) {
      note = readNote(said[1] ?? "", `${paper}:${at + 1}`);
      continue;
    }
    if (line.trim() !== "" && Object.keys(note).length > 0) {
      throw new Error(`${paper}:${at + 1}: the note before it has no block`);
    }
    readLine(found, slugs, line, at + 1);
  }
  return found;
}

const NAMES = "skip same file continues background page shows fault swaps exit env identity".split(" ");

/**
 * @param {string} json
 * @param {string} where
 */
function readNote(json, where) {
  const note = JSON.parse(json);
  const unknown = Object.keys(note).find((name) => !NAMES.includes(name));
  if (unknown) throw new Error(`${where}: a note knows no "${unknown}"`);
  return note;
}

/**
 * @param {Paper} found
 * @param {Map<string, number>} slugs
 * @param {string} line
 * @param {number} number
 */
function readLine(found, slugs, line, number) {
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) {
    const text = heading[2] ?? "";
    const base = slugOf(text);
    const seen = slugs.get(base) ?? 0;
    slugs.set(base, seen + 1);
    const slug = seen === 0 ? base : `${base}-${seen}`;
    found.headings.push({ level: heading[1]?.length ?? 0, text, slug, line: number });
  }
  if (/^\|.*\|$/.test(line.trim())) found.tableRows.push(line.trim().split("|").length);
  const prose = line.replace(/`[^`]*`|\]\([^)]*\)/g, " ");
  found.figures.push(...(prose.match(/\d+(?:[.,]\d+)*/g) ?? []));
  // What stands in a code span is no link; a link may hold a span.
  const bare = line.replace(/`[^`]*`/g, (span) => span.replace(/[[\]()]/g, " "));
  for (const { index, 0: whole } of bare.matchAll(LINK)) {
    const link = new RegExp(LINK.source).exec(line.slice(index, index + whole.length));
    if (link) found.links.push({ text: link[1] ?? "", target: link[2] ?? "", line: number });
  }
}

/**
 * The anchor that GitHub and its like make of a heading.
 * @param {string} heading
 */
export function slugOf(heading) {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
}
