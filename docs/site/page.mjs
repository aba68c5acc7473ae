// @ts-check
// The page around a paper: head, menu, contents of the page.

import { posix } from "node:path";
import {
  BESIDE,
  GROUPS,
  WORDS,
  addressOf,
  languageOf,
  originalOf,
  translationOf,
} from "./contents.mjs";

/** @typedef {import("./paper.mjs").Rendered} Rendered */

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The colours of code stand in its elements.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * @param {string} paper
 * @param {Rendered} rendered
 * @param {Map<string, Rendered>} all
 */
export function page(paper, rendered, all) {
  const language = languageOf(paper);
  const words = WORDS[language];
  const here = posix.dirname(addressOf(paper));
  const to = (/** @type {string} */ address) => posix.relative(here, address);
  const root = to("") === "" ? "./" : `${to("")}/`;
  const original = originalOf(paper);
  const translation = translationOf(original);
  const other = language === "zh" ? original : translation;
  const contents = rendered.sections.filter(({ level }) => level === 2);
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${rendered.title === "huaweicloud-dcs" ? "" : `${rendered.title} · `}huaweicloud-dcs</title>
<link rel="icon" href="${to("icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${to("site.css")}">
<script defer src="${to("search.js")}"></script>
</head>
<body data-root="${root}">
<a class="skip" href="#text">${words.skip}</a>
<header>
<a class="brand" href="${to(addressOf(language === "zh" ? "README.zh-CN.md" : "README.md"))}">huaweicloud-dcs</a>
<search>
<input type="search" id="query" placeholder="${words.hint}" aria-label="${words.search}" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list">
<div id="found" role="listbox" aria-label="${words.search}" data-nothing="${words.nothing}" data-unready="${words.unready}" hidden></div>
</search>
${all.has(other) ? `<a class="other" lang="${language === "zh" ? "en" : "zh-CN"}" href="${to(addressOf(other))}">${words.other}</a>` : ""}
</header>
<div class="columns">
<nav aria-label="${words.menu}"><details open><summary>${words.menu}</summary>
${menu()}
</details></nav>
<main id="text" tabindex="-1">
${rendered.html}
</main>
${contents.length > 2 ? aside() : ""}
</div>
</body>
</html>
`;

  function menu() {
    const link = (/** @type {string} */ address, /** @type {string} */ title, current = false) =>
      `<li><a href="${to(address)}"${current ? ' aria-current="page"' : ""}>${title}</a></li>`;
    const papers = GROUPS.map(({ title, papers }) => {
      const items = papers.map((each) => {
        const own = language === "zh" && all.has(translationOf(each)) ? translationOf(each) : each;
        const name = all.get(own)?.title ?? own;
        return link(addressOf(own), name, own === paper);
      });
      if (papers.includes("README.md"))
        items.push(...BESIDE.map(({ address, title }) => link(address, title[language])));
      return `<p>${title[language]}</p>\n<ul>${items.join("\n")}</ul>`;
    });
    return papers.join("\n");
  }

  function aside() {
    const items = contents.map(({ id, heading }) => `<li><a href="#${id}">${heading}</a></li>`);
    return `<aside aria-label="${words.onThisPage}"><p>${words.onThisPage}</p>\n<ul>${items.join("\n")}</ul></aside>`;
  }
}
