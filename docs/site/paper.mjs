// @ts-check
// One paper as HTML, and its sections for the search.

import { posix } from "node:path";
import GithubSlugger from "github-slugger";
import { Marked, Renderer } from "marked";
import { createHighlighter } from "shiki";
import { addressOf } from "./contents.mjs";

/** @typedef {{ id: string, heading: string, level: number, text: string }} Section */
/** @typedef {{ title: string, html: string, sections: Section[], images: string[] }} Rendered */

const THEMES = { light: "github-light-high-contrast", dark: "github-dark-high-contrast" };
const LANGUAGES = [
  ...["js", "ts", "jsx", "json", "jsonc", "html", "sh", "rust", "go", "java", "python"],
  ...["yaml", "toml", "nginx", "hcl", "http", "ini"],
];
const highlighter = await createHighlighter({ themes: Object.values(THEMES), langs: LANGUAGES });

const escape = (/** @type {string} */ text) =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Characters that HTML names: what marked and shiki write. */
const NAMED = new Map(Object.entries({ lt: "<", gt: ">", amp: "&", quot: '"' }));

/** Text of HTML, for the search. @param {string} html */
const textOf = (html) =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&#(?:(\d+)|x([0-9a-f]+));/gi, (_, decimal, hex) =>
      String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16)),
    )
    .replace(/&(\w+);/g, (whole, name) => NAMED.get(name) ?? whole)
    .replace(/\s+/g, " ")
    .trim();

/**
 * @param {string} paper its path in the project
 * @param {string} markdown
 * @param {{ papers: Set<string>, repository: string | undefined }} site
 * @returns {Rendered}
 */
export function render(paper, markdown, { papers, repository }) {
  const slugger = new GithubSlugger();
  const plain = new Renderer();
  /** @type {string[]} */
  const images = [];
  /** @type {{ id: string, heading: string, level: number }[]} */
  const headings = [];

  /** Where a link of this paper leads on the site; undefined: to a file that is only in the project. @param {string} href */
  function leadsTo(href) {
    if (/^[a-z]+:/.test(href)) return href;
    const [path = "", anchor] = href.split("#");
    const hash = anchor === undefined ? "" : `#${anchor}`;
    if (path === "") return hash;
    const file = posix.normalize(posix.join(posix.dirname(paper), path));
    if (papers.has(file)) {
      const here = posix.dirname(addressOf(paper));
      return posix.relative(here, addressOf(file)) + hash;
    }
    return repository && `${repository}/blob/main/${file}${hash}`;
  }

  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const heading = textOf(html);
        const id = slugger.slug(heading);
        headings.push({ id, heading, level: depth });
        const mark =
          depth === 1
            ? ""
            : ` <a class="anchor" href="#${id}" tabindex="-1" aria-hidden="true">#</a>`;
        return `<h${depth} id="${id}">${html}${mark}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        const to = leadsTo(href);
        return to === undefined ? html : `<a href="${escape(to)}">${html}</a>`;
      },
      image({ href, text }) {
        images.push(posix.normalize(posix.join(posix.dirname(paper), href)));
        return `<img src="${escape(href)}" alt="${escape(text)}" loading="lazy">`;
      },
      code({ text, lang = "" }) {
        const [language = ""] = lang.split(" ");
        const known = highlighter.getLoadedLanguages().includes(language);
        const html = highlighter.codeToHtml(text, {
          lang: known ? language : "text",
          themes: THEMES,
          defaultColor: "light-dark()",
        });
        return `${html}\n`;
      },
      table(token) {
        return `<div class="wide" tabindex="0" role="group">${plain.table.call(this, token)}</div>`;
      },
      tablecell(token) {
        // A corner that is empty heads nothing.
        return token.header && token.text === ""
          ? "<td></td>\n"
          : plain.tablecell.call(this, token);
      },
      html({ text }) {
        // Notes for the tests of the samples.
        return text.replace(/<!--[\s\S]*?-->\n?/g, "");
      },
    },
  });
  const html = /** @type {string} */ (marked.parse(markdown));
  const [first, ...rest] = html.split(/(?=<h[1-6] id=")/).filter((piece) => piece.trim() !== "");
  const pieces = [first ?? "", ...rest];
  if (pieces.length !== headings.length) throw new Error(`${paper}: it begins without a heading`);
  const sections = headings.map((heading, at) => ({
    ...heading,
    // Blocks end where words end.
    text: textOf(
      (pieces[at] ?? "")
        .replace(/^<h\d.*?<\/h\d>/s, "")
        .replace(/<\/(p|li|t[dhr]|pre|div)>/g, "$& "),
    ),
  }));
  return { title: headings[0]?.heading ?? paper, html, sections, images };
}
