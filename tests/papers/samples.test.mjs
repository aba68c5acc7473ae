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

test("the back end that only signs signs whole addresses, and none that leads elsewhere", async () => {
  const paper = papers().find(({ paper }) => paper === "docs/choosing-credentials.md");
  const blocks = paper?.blocks ?? [];
  await runSample(
    room,
    blocks,
    blocks.findIndex(({ note }) => note.background === "signs at"),
  );
  const api = "https://dcs.cn-north-4.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef";
  const mine = "instances/00000000-0000-4000-8000-000000000001";
  const other = "instances/00000000-0000-4000-8000-000000000002";
  const sign = async (/** @type {string} */ path, method = "GET") => {
    const body = JSON.stringify({ method, url: `${api}/${path}` });
    return (await fetch(room.site.backEnd, { method: "POST", body })).status;
  };
  const job = "0123456789abcdef0123456789abcdef";
  for (const path of [`jobs/${job}`, "jobs/01234567-89ab-cdef-0123-456789abcdef"]) {
    assert.equal(await sign(path), 200, path);
    for (const more of ["/", "/..", "%2F..", "?x=1", "#x", "\n", "/../../instances"])
      assert.equal(await sign(path + more), 403, path + more);
  }
  assert.equal(await sign(`${mine}/async-swap`, "PUT"), 200);
  assert.equal(await sign(`${mine}/tasks?offset=0&limit=100`), 200);
  for (const path of [
    "jobs/",
    "jobs/..",
    "jobs/%2E%2E%2Finstances",
    `jobs/x%2F..%2F..%2F${other.replace("/", "%2F")}`,
    `${mine}/tasks?x=%2F..`,
    `${mine}/tasks/../../${other}`,
    `${mine}/../${other.slice("instances/".length)}`,
    other,
  ])
    assert.equal(await sign(path), 403, path);
  await endAll();
});

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
