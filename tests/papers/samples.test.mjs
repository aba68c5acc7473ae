// @ts-check
// Every code block of the papers is run, or says why not.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { LANGUAGES, clearSite, endAll, runSample, whole } from "./support/run.mjs";
import { Browser, Site } from "./support/page.mjs";
import { Emulator, PROJECT, ROOT, installPackage, papers } from "./support/world.mjs";

/** The blocks of such a paper are those of the English one, which translation.test.mjs shows. */
const TRANSLATED = ".zh-CN.md";

const emulator = new Emulator();
const site = new Site(emulator.url);
const browser = new Browser(emulator.url);
/** @type {import("./support/run.mjs").Room} */
const room = { emulator, tarball: "", site, siteUrl: "", browser };

before(async () => {
  await emulator.open();
  room.tarball = installPackage();
  room.siteUrl = await site.open();
  await browser.open();
});

after(async () => {
  await endAll();
  await browser.close();
  site.close();
});

/** @type {Record<string, number>} */
const count = {};
const add = (/** @type {string} */ what) => (count[what] = (count[what] ?? 0) + 1);

for (const { paper, blocks } of papers()) {
  if (paper.endsWith(TRANSLATED)) continue;
  const samples = blocks.filter(({ language }) => LANGUAGES.includes(language));
  if (samples.length === 0) continue;
  describe(paper, () => {
    before(clearSite);
    after(endAll);
    for (const block of samples) {
      const { skip, same, file } = block.note;
      const name = `${paper}:${block.line} ${block.language}`;
      add(skip ? "left out" : same ? "run by other suites" : file ? "files of others" : "run here");
      test(name, { skip, timeout: 180_000 }, async () => {
        await runSample(room, blocks, blocks.indexOf(block));
      });
    }
  });
}

test("samples in JavaScript and TypeScript have the right types", () => {
  const folder = join(PROJECT, "types");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let files = 0;
  for (const { paper, blocks } of papers()) {
    if (paper.endsWith(TRANSLATED)) continue;
    for (const [at, { language, line, note }] of blocks.entries()) {
      if (!["js", "mjs", "ts"].includes(language) || note.skip || note.same) continue;
      const name = `${paper.replaceAll(/[/.]/g, "-")}-${line}.${language === "ts" ? "mts" : "mjs"}`;
      // A page names the file; the types are those of the entry.
      const code = whole(blocks, at).replace(
        /"[^"]*\/huaweicloud-dcs\/browser.mjs"/,
        `"huaweicloud-dcs"`,
      );
      writeFileSync(join(folder, name), `${code}\nexport {};\n`);
      files++;
    }
  }
  const options = {
    compilerOptions: {
      ...{ target: "ES2022", module: "NodeNext", allowJs: true, checkJs: true, noEmit: true },
      ...{ lib: ["ES2022", "DOM", "DOM.Iterable", "ESNext.Disposable"], types: ["node"] },
      ...{ strict: true, noImplicitAny: false, strictNullChecks: false },
      useUnknownInCatchVariables: false,
    },
    include: ["*"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  try {
    execFileSync(tsc, ["-p", folder], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    assert.fail(/** @type {any} */ (error).stdout);
  }
  assert.ok(files > 0);
});

test("what became of the samples", (t) => {
  const said = Object.entries(count).map(([what, number]) => `${number} ${what}`);
  t.diagnostic(`samples: ${said.join(", ")}`);
  assert.ok((count["run here"] ?? 0) > 0);
});
