// @ts-check
// `cargo xtask release --dry-run`: what would be published, twice the same, and what it refuses. DCS_XTASK names the built program.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const XTASK = process.env.DCS_XTASK ?? join(ROOT, "target/debug/xtask");

let folder = "";
/** What most tests only read. @type {Awaited<ReturnType<typeof dryRun>>} */
let made;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "release-"));
  made = await dryRun("first");
});
after(() => rm(folder, { recursive: true, force: true }));

/** @param {string[]} args */
async function release(...args) {
  // A developer's checkout may have changes; CI's has none, and would say so.
  const { stdout } = await run(XTASK, ["release", "--dry-run", "--allow-dirty", ...args], {
    cwd: ROOT,
  });
  return stdout;
}

/** A dry run of its own folder. @param {string} name */
async function dryRun(name) {
  const out = join(folder, name);
  const said = await release("--repository", "example/huaweicloud-dcs", "--out", out);
  assert.match(said, /a dry run: nothing was uploaded/);
  const tarball = (await readdir(out)).find((file) => file.endsWith(".tgz")) ?? "";
  return { out, tarball, bytes: await readFile(join(out, tarball)) };
}

/** @param {string} algorithm @param {Uint8Array} bytes @param {"hex" | "base64"} form */
const hash = (algorithm, bytes, form) => createHash(algorithm).update(bytes).digest(form);

test("two dry runs make the same tarball, byte for byte, the second from a package that is built anew", async () => {
  await rm(join(ROOT, "target/pkg-work/stamp"));
  await rm(join(ROOT, "pkg"), { recursive: true });
  const second = await dryRun("second");
  assert.equal(second.tarball, made.tarball);
  assert.equal(hash("sha256", second.bytes, "hex"), hash("sha256", made.bytes, "hex"));
});

test("the tarball names the repository, and installs and runs in an empty project", async () => {
  const { out, tarball } = made;
  const project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{"private":true,"type":"module"}');
  await run("npm", ["install", "--offline", "--ignore-scripts", join(out, tarball)], {
    cwd: project,
  });
  const installed = join(project, "node_modules/huaweicloud-dcs");
  const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const home = "https://github.com/example/huaweicloud-dcs";
  assert.deepEqual(manifest.repository, { type: "git", url: `git+${home}.git` });
  assert.deepEqual(manifest.bugs, { url: `${home}/issues` });
  assert.equal(manifest.homepage, `${home}#readme`);
  assert.deepEqual(manifest.publishConfig, { access: "public", provenance: true });
  assert.equal(manifest.dependencies, undefined);
  const script =
    'import { regions } from "huaweicloud-dcs"; process.stdout.write(String(regions().length));';
  const { stdout } = await run("node", ["--input-type=module", "--eval", script], { cwd: project });
  assert.ok(Number(stdout) > 20, stdout);
  // Conditions of exports have an order.
  const template = await readFile(join(ROOT, "pkg-template/package.json"), "utf8");
  assert.equal(
    JSON.stringify(manifest.exports),
    JSON.stringify(JSON.parse(template).exports),
    "the order of exports",
  );
});

test("checksums, integrity hashes, notes and the bill of materials are those of the files", async () => {
  const { out, tarball } = made;
  const sums = (await readFile(join(out, "SHA256SUMS"), "utf8")).trim().split("\n");
  assert.deepEqual(
    sums.map((line) => line.split("  ")[1]),
    [tarball, "sbom.cdx.json", "integrity.json"],
  );
  for (const line of sums) {
    const [sum, name = ""] = line.split("  ");
    assert.equal(sum, hash("sha256", await readFile(join(out, name)), "hex"), name);
  }
  const integrity = JSON.parse(await readFile(join(out, "integrity.json"), "utf8"));
  for (const name of ["browser.mjs", "lib/client.wasm", "lib/client.mjs", "lib/signer.wasm"])
    assert.ok(name in integrity, name);
  for (const [name, value] of Object.entries(integrity)) {
    const bytes = await readFile(join(out, "package", name));
    assert.equal(value, `sha384-${hash("sha384", bytes, "base64")}`, name);
  }
  assert.match(await readFile(join(out, "notes.md"), "utf8"), /^\S[\s\S]*\n### Added\n/);
  const sbom = JSON.parse(await readFile(join(out, "sbom.cdx.json"), "utf8"));
  assert.equal(sbom.bomFormat, "CycloneDX");
});

/** @type {[string, string[], RegExp][]} */
const REFUSED = [
  ["a repository that is none", ["--repository", "huaweicloud-dcs"], /has the form OWNER\/NAME/],
  ["another version's tag", ["--repository", "a/b", "--tag", "v0.0.9"], /tag v0\.0\.9 is not that/],
];
for (const [what, args, reason] of REFUSED) {
  test(`${what} is refused before anything is built`, async () => {
    const out = join(folder, "refused");
    await assert.rejects(release(...args, "--out", out), reason);
    await assert.rejects(readdir(out), { code: "ENOENT" });
  });
}

test("a folder that holds something else is refused, and keeps it", async () => {
  const out = join(folder, "mine");
  await mkdir(out);
  await writeFile(join(out, "thesis.txt"), "years of work");
  const args = ["--repository", "example/huaweicloud-dcs", "--out", out];
  await assert.rejects(release(...args), /holds thesis\.txt, which no release made/);
  assert.deepEqual(await readdir(out), ["thesis.txt"]);
});
