// @ts-check
// What stands where: the groups of papers, and the words around them.

/** @typedef {"en" | "zh"} Language */

/** Papers by their path in the project, in the order of the menu. A translation, `X.zh-CN.md`, goes with its paper. */
export const GROUPS = [
  { title: { en: "Start here", zh: "入门" }, papers: ["README.md"] },
  {
    title: { en: "Guides", zh: "指南" },
    papers: [
      "docs/switchover.md",
      "docs/choosing-credentials.md",
      "docs/back-end.md",
      "docs/command.md",
      "docs/recipes.md",
      "docs/emulator.md",
      "docs/porting.md",
      "www/README.md",
    ],
  },
  {
    title: { en: "Reference", zh: "参考" },
    papers: [
      "docs/troubleshooting.md",
      "docs/runtimes.md",
      "docs/proxies.md",
      "docs/csp.md",
      "docs/cdn.md",
      "docs/how-signing-works.md",
      "docs/official-cores.md",
      "facts/operations.md",
    ],
  },
  {
    title: { en: "Project", zh: "项目" },
    papers: [
      "CHANGELOG.md",
      "SECURITY.md",
      "ARCHITECTURE.md",
      "CONTRIBUTING.md",
      "docs/releasing.md",
    ],
  },
];

/** Papers of the project that the site leaves out. */
export const LEFT_OUT = [
  // Shipped with the package, and the first page of the reference of its types.
  "pkg-template/README.md",
];

/** What stands beside the papers, by its address. */
export const BESIDE = [
  {
    address: "playground/index.html",
    title: { en: "Playground", zh: "体验环境" },
  },
  {
    address: "api/index.html",
    title: { en: "API reference", zh: "API 参考（英文）" },
  },
];

export const WORDS = {
  en: {
    menu: "Papers",
    search: "Search",
    hint: "Search (press /)",
    nothing: "Nothing was found.",
    unready: "The search index could not be loaded.",
    other: "中文",
    skip: "Skip to the text",
    onThisPage: "On this page",
  },
  zh: {
    menu: "文档",
    search: "搜索",
    hint: "搜索（按 / 键）",
    nothing: "没有找到结果。",
    unready: "搜索索引加载失败。",
    other: "English",
    skip: "跳到正文",
    onThisPage: "本页内容",
  },
};

const TRANSLATED = /\.zh-CN\.md$/;

/** @param {string} paper @returns {Language} */
export const languageOf = (paper) => (TRANSLATED.test(paper) ? "zh" : "en");

/** The English paper of a translation, and an English paper itself. @param {string} paper */
export const originalOf = (paper) => paper.replace(TRANSLATED, ".md");

/** @param {string} paper */
export const translationOf = (paper) => paper.replace(/\.md$/, ".zh-CN.md");

/** The address of a paper's page: README.md is what a folder's address opens. @param {string} paper */
export function addressOf(paper) {
  const page = paper.replace(/\.md$/, ".html");
  return page.replace(/^README\b/, "index");
}
