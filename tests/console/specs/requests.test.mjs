// @ts-check
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import assert from "node:assert/strict";
import { connect, fillEndpoint, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room();
const run = promisify(execFile);

/** @param {import("playwright-core").Page} page @param {string} operation */
async function inspect(page, operation) {
  await page.getByRole("link", { name: /Requests/ }).click();
  await page.locator(".line", { hasText: operation }).first().click();
  await page.getByRole("heading", { name: operation }).waitFor();
}

/** @param {import("playwright-core").Page} page @param {string} name */
const form = (page, name) => page.getByRole("region", { name });

test("shows the four forms, and that they really give the signature that was sent", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await inspect(page, "ListInstances");
  await page.getByText("the same signature as was sent").waitFor();
  const lines = await form(page, "Canonical request").locator(".piece").allInnerTexts();
  const { host } = new URL(console.emulator.url);
  assert.deepEqual(lines.slice(0, 5), [
    "GET",
    "/v2/0123456789abcdef0123456789abcdef/instances/",
    "include_failure=true&limit=100&offset=0",
    "content-type:application/json",
    `host:${host}`,
  ]);
  assert.match(lines[6] ?? "", /^x-sdk-date:\d{8}T\d{6}Z$/);
  assert.deepEqual(lines.slice(7), [
    "content-type;host;x-project-id;x-sdk-date",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ]);
  const toSign = await form(page, "String to sign").locator(".piece").allInnerTexts();
  assert.equal(toSign[0], "SDK-HMAC-SHA256");
  assert.match(toSign[2] ?? "", /^[0-9a-f]{64}$/);
  const authorization = await form(page, "Authorization").innerText();
  assert.match(authorization, /Access=EMULATORAK0000000001/);
  assert.doesNotMatch(authorization, /Signature=[0-9a-f]/);
});

test("each part is explained and tied to the part it comes from, by pointer and by keyboard", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await inspect(page, "ListInstances");
  const explanation = page.locator("#explanation");
  const lit = () => page.locator(".piece.lit").allInnerTexts();
  await form(page, "Canonical request")
    .getByText("include_failure=true&limit=100&offset=0")
    .hover();
  assert.match(await explanation.innerText(), /sorted by name and then value/);
  assert.deepEqual(await lit(), [
    "?include_failure=true&offset=0&limit=100",
    "include_failure=true&limit=100&offset=0",
  ]);
  await form(page, "String to sign").getByRole("button").nth(1).focus();
  assert.match(await explanation.innerText(), /more than 15 minutes off/);
  assert.equal((await lit()).length, 3, "header, canonical line, line of the string to sign");
  await page.keyboard.press("Tab");
  assert.match(await explanation.innerText(), /hash of the whole canonical request/);
  assert.match((await form(page, "Canonical request").getAttribute("class")) ?? "", /lit/);
});

test("the curl command has no signature unless asked, and then it works", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await inspect(page, "ListInstances");
  const command = page.locator(".curl pre");
  assert.match(await command.innerText(), /Signature=<signature>/);
  await page.getByText("With a fresh signature").click();
  await page.getByText("Good for 15 minutes").waitFor();
  const { stdout } = await run("bash", ["-c", `${await command.innerText()} --silent`]);
  assert.equal(JSON.parse(stdout).instances[0].name, "dcs-emulator-1");
});

test("a temporary key's token and a token are hidden everywhere", async () => {
  for (const [kind, fields, operation] of /** @type {const} */ ([
    [
      "temporary",
      {
        ak: "EMULATORTEMP00000001",
        sk: "emulator-sk-not-a-secret-000000000002",
        securityToken: "emulator-security-token",
      },
      "ListInstances",
    ],
    ["token", { token: "emulator-token" }, "ListInstances"],
  ])) {
    const page = await console.page();
    await page.goto(console.emulator.url);
    await fillEndpoint(page, console.emulator.url);
    await page.locator(`input[name=kind][value=${kind}]`).check();
    for (const [name, value] of Object.entries(fields)) {
      await page.locator(`input[name=${name}]`).fill(value);
    }
    await page.locator("button[type=submit]").click();
    await page.locator(".session").waitFor();
    await inspect(page, operation);
    if (kind === "temporary") {
      await page.getByText("the same signature as was sent").waitFor();
      await page.getByText("With a fresh signature").click();
      assert.match(await page.locator(".curl pre").innerText(), /\$HUAWEICLOUD_SDK_SECURITY_TOKEN/);
    } else {
      await page.getByText("A token is sent as it is; nothing is signed.").waitFor();
      assert.match(await page.locator(".curl pre").innerText(), /\$HUAWEICLOUD_SDK_TOKEN/);
    }
    const text = await page.content();
    assert.ok(!text.includes("emulator-security-token") && !text.includes("emulator-token"), kind);
  }
});

test("other algorithms are taken apart too", async () => {
  for (const [algorithm, lines] of /** @type {const} */ ([
    ["SDK-HMAC-SM3", 3],
    ["V11-HMAC-SHA256", 4],
  ])) {
    const page = await console.page();
    await page.goto(console.emulator.url);
    await page.locator(".offer button").click();
    await page.locator("summary").click();
    await page.locator("select[name=algorithm]").selectOption(algorithm);
    await page.locator("button[type=submit]").click();
    await page.locator(".session").waitFor();
    await inspect(page, "ListInstances");
    await page.getByText("the same signature as was sent").waitFor();
    assert.equal(await form(page, "String to sign").locator(".piece").count(), lines, algorithm);
  }
});

test("a request without an answer is shown as such", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await console.emulator.fault("ListInstances", { kind: "drop_before" }, { times: 9 });
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("alert").filter({ hasText: "could not be read" }).waitFor();
  await page.getByRole("link", { name: /Requests/ }).click();
  assert.match(await page.locator(".line").first().innerText(), /ListInstances[\s\S]*no answer/);
});

test("the answer is shown, with its headers and body, secrets left out", async () => {
  const page = await console.page();
  await page.route("**/instances/*", (route) =>
    route.fulfill({
      headers: { "X-Request-Id": "req-1", "X-Subject-Token": "sub-secret" },
      json: {
        instance_id: "x",
        status: "RUNNING",
        access_token: "body-secret",
        nested: { secretKey: "deep" },
      },
    }),
  );
  await connect(page, console.emulator.url);
  await page.locator("#instances-list a").first().click();
  await inspect(page, "ShowInstance");
  const answer = page.getByRole("region", { name: "Answer" });
  const text = await answer.innerText();
  assert.match(text, /200[\s\S]*x-request-id\s+req-1[\s\S]*"status": "RUNNING"/);
  assert.doesNotMatch(await page.content(), /sub-secret|body-secret|"deep"/);
});

test("a body that is no JSON is shown as it came, and a very long one is cut and said to be", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  const long = `<html>${"x".repeat(100_000)}`;
  await page.route("**/instances?*", (route) =>
    route.fulfill({ status: 403, contentType: "text/html", body: long }),
  );
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("alert").filter({ hasText: "could not be read" }).waitFor();
  await inspect(page, "ListInstances");
  const answer = page.getByRole("region", { name: "Answer" });
  await answer.getByText("Cut: the answer has 100006 characters.").waitFor();
  assert.match(await answer.locator("pre").innerText(), /^<html>x/);
});

test("the swap is never pushed out by reads, and requests are filtered by operation", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, instanceId(1));
  await swap(page);
  await reported(page);
  for (let n = 0; n < 60; n++) {
    await page.evaluate(() => {
      for (let k = 0; k < 4; k++) dispatchEvent(new KeyboardEvent("keydown", { key: "r" }));
    });
    await page.waitForTimeout(20);
  }
  await page.getByRole("link", { name: /Requests/ }).click();
  await page.getByRole("combobox", { name: "Operation" }).selectOption("ChangeMasterStandbyAsync");
  assert.equal(await page.locator(".line").count(), 1);
  await page.locator(".line").click();
  await page.getByRole("heading", { name: "ChangeMasterStandbyAsync" }).waitFor();
  assert.match(await page.getByRole("region", { name: "Answer" }).innerText(), /job_id/);
});

test("an encoded authorization message can be copied", async () => {
  const page = await console.page({ permissions: ["clipboard-read", "clipboard-write"] });
  await connect(page, console.emulator.url);
  await console.emulator.fault("ListInstances", {
    kind: "status",
    status: 403,
    error_code: "DCS.3002",
    error_msg: "No permission.",
    encoded_authorization_message: "encoded-of-iam",
  });
  await page.getByRole("button", { name: "Refresh" }).click();
  const problem = page.getByRole("alert").filter({ hasText: "could not be read" });
  await problem.getByText("Encoded authorization message").waitFor();
  await problem.getByRole("button", { name: "Copy" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "encoded-of-iam");
});
