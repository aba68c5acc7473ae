// @ts-check
// `sign`: what it prints is run by curl, and the emulator judges whether that is what was signed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { config, emulator, newInstance, newKey, run } from "./command.mjs";

/** Runs a printed command. @param {string} command @param {string} [input] */
function shell(command, input) {
  const child = spawn("sh", ["-c", command], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  return new Promise((resolve) => child.once("close", () => resolve({ out, err })));
}

const status = (/** @type {string} */ command) =>
  command.replace(
    "curl ",
    "curl --silent --show-error --max-time 10 --output /dev/null --write-out '%{http_code}' ",
  );

/** No instance has this id: a request that is signed well is answered with 404. */
const swap = `${emulator.url}/v2/${config.project_id}/instances/${randomUUID()}/swap`;
const base = `${emulator.url}/v2/${config.project_id}/instances`;
const folder = mkdtempSync(join(tmpdir(), "dcs-sign-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "it's a {file}.json");
writeFileSync(file, Buffer.from([0x7b, 0, 0xff, 0x0d, 0x0a, 0x7d]));

/** Requests that a shell or curl would change, if it could. @type {[string, string[]][]} */
const requests = [
  ["a plain one", ["GET", `${base}?limit=1`]],
  ["lower-case method", ["get", `${base}?limit=1`]],
  ["{} in the query (postman 8902)", ["GET", `${base}?limit=1&name={a,b}`]],
  ["[] in the query", ["GET", `${base}?limit=1&name=[1-3]`]],
  ["quotes and dollars in the query", ["GET", `${base}?name=it's"$HOME!`]],
  ["characters that are not ASCII, in the query", ["GET", `${base}?name=主备ü`]],
  ["a plus and a percent", ["GET", `${base}?name=a+b%20c%2B`]],
  ["an empty query value, and one without =", ["GET", `${base}?name=&limit=1`]],
  ["a fragment", ["GET", `${base}?limit=1#there`]],
  ["an empty header value (postman 9212)", ["GET", base, "-H", "X-Empty:"]],
  ["a header of blanks", ["GET", base, "-H", "X-Empty:    "]],
  ["a header that is not ASCII", ["GET", base, "-H", "X-Note: 主备 ü"]],
  ["a header with quotes", ["GET", base, "-H", `X-Note: it's "so" $HOME; @x \\ \`y\``]],
  ["a header with @ first", ["GET", base, "-H", "X-Note: @/etc/passwd"]],
  ["a header that curl sends too", ["GET", base, "-H", "accept: a/b", "-H", "user-agent: me"]],
  ["names without case (uppy 6579)", ["GET", base, "-H", "content-type: text/plain"]],
  ["a project id of the caller's own", ["GET", base, "-H", `x-project-id: ${config.project_id}`]],
  ["HEAD", ["HEAD", `${base}?limit=1`]],
  ["a body", ["POST", swap, "-d", '{"a":1}']],
  ["a body with @ in it", ["POST", swap, "-d", '{"a":"@b"}']],
  ["a body that begins with @", ["POST", swap, "--data-raw", "@not a file"]],
  ["an empty body", ["POST", swap, "-d", ""]],
  ["a body with quotes, lines and blanks", ["POST", swap, "-d", `  it's\n"so"\r\n $x  `]],
  ["a body that is not ASCII", ["POST", swap, "-d", '{"a":"主备"}']],
  ["a file of any bytes", ["POST", swap, "-d", `@${file}`]],
];

for (const [name, args] of requests) {
  test(`what is printed is what was signed: ${name}`, async () => {
    const env = await newKey();
    const { code, out, err } = await run(["sign", ...args, "--show-signature"], { env });
    assert.equal(code, 0, err);
    const sent = await shell(status(out));
    assert.equal(sent.err, "", out);
    // The emulator has nothing to HEAD: what curl then sends is looked at below.
    const expected = { POST: "404", HEAD: "405" }[args[0] ?? ""] ?? "200";
    assert.equal(sent.out, expected, out);
  });
}

test("the judge refuses what was not signed so", async () => {
  const env = await newKey();
  const { out } = await run(["sign", "GET", `${base}?limit=1`, "--show-signature"], { env });
  assert.equal((await shell(status(out))).out, "200");
  assert.equal((await shell(status(out.replace("limit=1", "limit=2")))).out, "401");
  const body = (await run(["sign", "POST", swap, "-d", "a", "--show-signature"], { env })).out;
  assert.equal((await shell(status(body))).out, "404");
  assert.equal((await shell(status(body.replace("-binary 'a'", "-binary 'b'")))).out, "401");
});

test("what curl sends is, byte for byte, what was given", async () => {
  /** @type {{ method?: string, url?: string, headers: string[], body: Buffer }[]} */
  const seen = [];
  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, rawHeaders: headers } = request;
      seen.push({
        ...(method && { method }),
        ...(url && { url }),
        headers,
        body: Buffer.concat(chunks),
      });
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", () => resolve(undefined)));
  try {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}/a/{b}/[1-2]//c?d={e,f}&g=it's`;
    const body = "@ it's\r\n {}[] \\n 主备";
    const header = ["-H", "X-Empty:", "-H", "X-Note: it's {so}"];
    const args = ["sign", "PUT", url, "--data-raw", body, ...header, "--show-signature"];
    const { out } = await run(args);
    await shell(out);
    await shell((await run(["sign", "HEAD", url])).out);
    const [put, head] = seen;
    assert.deepEqual([put?.method, put?.url], ["PUT", "/a/%7Bb%7D/[1-2]//c?d={e,f}&g=it%27s"]);
    assert.equal(put?.body.toString(), body);
    const at = put?.headers.indexOf("X-Empty") ?? -1;
    assert.deepEqual(put?.headers.slice(at, at + 2), ["X-Empty", ""]);
    assert.ok(put?.headers.includes("it's {so}"));
    assert.equal(head?.method, "HEAD");
  } finally {
    server.close();
  }
});

test("a body of standard input is signed, and read there by curl too", async () => {
  const env = await newKey();
  const args = ["sign", "POST", swap, "-d", "@-", "--show-signature"];
  const { out } = await run(args, { env, input: "from the pipe" });
  assert.equal((await shell(status(out), "from the pipe")).out, "404");
  assert.equal((await shell(status(out), "another text")).out, "401");
});

test("the signature and tokens are masked unless asked for", async () => {
  const { code, out } = await run(["sign", "get", `${base}?limit=1`]);
  assert.equal(code, 0);
  assert.match(out, /^curl --globoff --path-as-is -X GET '.*limit=1' \\\n/);
  assert.match(out, /Signature=\*\*\*'/);
  assert.doesNotMatch(out, /[0-9a-f]{64}/);
});

test("a temporary key: curl sends what the service accepts", async () => {
  const env = await newKey({ securityToken: "cli-token" });
  const withToken = { ...env, HUAWEICLOUD_SDK_SECURITY_TOKEN: "cli-token" };
  const id = await newInstance();
  const args = ["sign", "GET", `${base}/${id}`, "--project-id", config.project_id];
  const masked = await run(args, { env: withToken });
  assert.match(masked.out, /X-Security-Token: \*\*\*/);
  const { out } = await run([...args, "--show-signature"], { env: withToken });
  const sent = await shell(out.replace("curl", "curl --silent"));
  assert.equal(JSON.parse(sent.out).instance_id, id, sent.out + sent.err);
});

test("--data signs the body; @FILE reads it; V11 takes region and service", async () => {
  const body = join(folder, "body.json");
  writeFileSync(body, '{"a":1}');
  const env = await newKey();
  const signatures = [];
  for (const data of ['{"a":1}', `@${body}`, '{"a":2}']) {
    const date = "X-Sdk-Date: 20261124T000000Z";
    const args = ["sign", "POST", "https://a.example/b", "-d", data, "-H", date, "--json"];
    const { out } = await run([...args, "--show-signature"], { env });
    signatures.push(JSON.parse(out).headers.Authorization);
  }
  assert.equal(signatures[0], signatures[1]);
  assert.notEqual(signatures[0], signatures[2]);
  const v11 = ["--algorithm", "V11-HMAC-SHA256", "--region", "cn-north-4", "--service", "dcs"];
  const { out } = await run(["sign", "GET", "https://a.example/b", ...v11], { env });
  assert.match(out, /Authorization: V11-HMAC-SHA256 Credential=.*\/cn-north-4\/dcs/);
});

test("2: a header twice in any case, and a HEAD with a body, which no client sends", async () => {
  const twice = ["-H", "X-A: 1", "-H", "x-a: 2"];
  const { code, err } = await run(["sign", "GET", base, ...twice]);
  assert.equal(code, 2);
  assert.match(err, /"x-a" is given twice/);
  const head = await run(["sign", "HEAD", base, "-d", "x"]);
  assert.equal(head.code, 2);
  assert.match(head.err, /HEAD/);
});
