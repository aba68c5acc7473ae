// @ts-check
import { test } from "node:test";
import assert from "node:assert/strict";
import { AK, SK, connect, fillEndpoint } from "../support/console.mjs";
import { startProxy, startSigner } from "../support/servers.mjs";
import { room } from "../support/room.mjs";

const console = room();

/** @param {import("playwright-core").Page} page */
const submit = (page) => page.locator("button[type=submit]").click();

test("regions are searched by id and by place, in both languages, with the keyboard", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await page.locator("input[name=place][value=region]").check();
  const box = page.getByRole("combobox", { name: "Region" });
  const options = page.locator("[role=option]");
  await box.press("ArrowDown");
  assert.equal(await options.count(), 34);
  await box.fill("sao");
  assert.deepEqual(await options.allInnerTexts(), ["sa-brazil-1\nSão Paulo"]);
  await box.press("Enter");
  assert.equal(await box.inputValue(), "sa-brazil-1");
  await box.fill("新加坡");
  await box.press("Enter");
  assert.equal(await box.inputValue(), "ap-southeast-3");
  await box.fill("nowhere");
  assert.equal(await options.count(), 0);
  await box.press("Escape");
  assert.equal(await box.inputValue(), "ap-southeast-3");
});

for (const [kind, fields] of /** @type {[string, Record<string, string>][]} */ ([
  ["key", { ak: AK, sk: SK }],
  [
    "temporary",
    {
      ak: "EMULATORTEMP00000001",
      sk: "emulator-sk-not-a-secret-000000000002",
      securityToken: "emulator-security-token",
    },
  ],
  ["token", { token: "emulator-token" }],
])) {
  test(`connects with credentials of kind ${kind}`, async () => {
    const page = await console.page();
    await page.goto(console.emulator.url);
    await fillEndpoint(page, console.emulator.url);
    await page.locator(`input[name=kind][value=${kind}]`).check();
    for (const [name, value] of Object.entries(fields)) {
      await page.locator(`input[name=${name}]`).fill(value);
    }
    await submit(page);
    await page.getByRole("link", { name: /dcs-emulator-1/ }).waitFor();
  });

  test(`is refused with wrong credentials of kind ${kind}`, async () => {
    const page = await console.page();
    await page.goto(console.emulator.url);
    await fillEndpoint(page, console.emulator.url);
    await page.locator(`input[name=kind][value=${kind}]`).check();
    for (const [name, value] of Object.entries(fields)) {
      const wrong = name === "ak" ? value : `${value}-wrong`;
      await page.locator(`input[name=${name}]`).fill(wrong);
    }
    await submit(page);
    const problem = page.getByRole("alert").filter({ hasText: "Not connected" });
    await problem.waitFor();
    const text = await problem.innerText();
    assert.match(text, /APIGW\.0301|401/);
    assert.match(text, /Request ID\s+\S{8,}/);
    assert.match(text, /What to do/);
    for (const value of Object.values(fields)) assert.ok(!text.includes(`${value}-wrong`));
    assert.equal(await page.locator("#instances-list").count(), 0);
  });
}

test("a back end signs, and the page never has the key", async () => {
  const signer = await startSigner();
  try {
    const page = await console.page();
    await page.goto(console.emulator.url);
    await fillEndpoint(page, console.emulator.url);
    await page.locator("input[name=kind][value=signer]").check();
    await page.locator("input[name=signerUrl]").fill(signer.url);
    await page.locator("input[name=projectId]").fill("0123456789abcdef0123456789abcdef");
    await submit(page);
    await page.getByRole("link", { name: /dcs-emulator-1/ }).waitFor();
    assert.ok(signer.asked.some(({ url }) => new URL(url).pathname.endsWith("/instances")));
    await page.getByRole("link", { name: /Requests/ }).click();
    await page.getByText("Your back end signed this").waitFor();
    const canonical = page.getByRole("region", { name: "Canonical request" });
    assert.match(await canonical.innerText(), /^.*Canonical request\s+GET/s);
  } finally {
    await signer.end();
  }
});

test("requests go through a proxy and are signed for the endpoint", async () => {
  const proxy = await startProxy(console.emulator.url);
  try {
    const page = await console.page();
    await page.goto(console.emulator.url);
    await fillEndpoint(page, console.emulator.url);
    await page.locator("summary").click();
    await page.locator("input[name=via]").fill(`${proxy.url}/dcs-proxy`);
    await page.locator("input[name=projectId]").fill("0123456789abcdef0123456789abcdef");
    await page.locator("input[name=ak]").fill(AK);
    await page.locator("input[name=sk]").fill(SK);
    await submit(page);
    await page.getByRole("link", { name: /dcs-emulator-1/ }).waitFor();
    assert.ok(proxy.seen.length > 0);
    await page.getByRole("link", { name: /Requests/ }).click();
    await page.getByText(`Sent to ${proxy.url}/dcs-proxy/v2/`).waitFor();
    await page.getByText("the same signature as was sent").waitFor();
  } finally {
    await proxy.end();
  }
});

test("a missing secret is named and nothing is sent", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await fillEndpoint(page, console.emulator.url);
  await page.locator("input[name=ak]").fill(AK);
  await submit(page);
  const problem = page.getByRole("alert").filter({ hasText: "Not connected" });
  await problem.waitFor();
  assert.match(await problem.innerText(), /“Secret access key \(SK\)” is missing/);
  assert.equal(await page.locator("input[name=sk]").getAttribute("aria-invalid"), "true");
  assert.equal((await console.emulator.admin("state")).counters.requests, 0);
});

test("a lost connection is told with what to do about it", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await fillEndpoint(page, "http://127.0.0.1:9");
  await page.locator("input[name=ak]").fill(AK);
  await page.locator("input[name=sk]").fill(SK);
  await submit(page);
  const problem = page.getByRole("alert").filter({ hasText: "Not connected" });
  await problem.waitFor();
  assert.match(await problem.innerText(), /127\.0\.0\.1:9 did not answer/);
  assert.match(await problem.innerText(), /CONNECTION[\s\S]*proxy of your own/);
});

/** Every place in which a secret might be left. @param {import("playwright-core").Page} page */
const traces = (page) =>
  page.evaluate(() => {
    const inputs = [...document.querySelectorAll("input")].map((input) => input.value);
    const stores = [localStorage, sessionStorage].map((store) => JSON.stringify({ ...store }));
    return [document.documentElement.outerHTML, location.href, ...inputs, ...stores].join("\n");
  });

test("the secret is in no markup, storage, address, request or log", async () => {
  const page = await console.page();
  /** @type {string[]} */
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("request", (request) => {
    said.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? "");
  });
  await page.goto(console.emulator.url);
  await fillEndpoint(page, console.emulator.url);
  await page.locator("input[name=ak]").fill(AK);
  await page.locator("input[name=sk]").fill(SK);
  assert.ok(!(await page.content()).includes(SK), "while it is typed");
  await submit(page);
  await page.locator(".session").waitFor();
  assert.ok(!(await traces(page)).includes(SK), "connected");
  await page.getByRole("link", { name: /Requests/ }).click();
  await page.getByText("With a fresh signature").click();
  assert.ok(!(await traces(page)).includes(SK), "in the inspector");
  await page.getByRole("button", { name: "Wipe credentials" }).click();
  await page.getByRole("link", { name: /Instances/ }).click();
  await page.getByText("Credentials were wiped from memory.").waitFor();
  assert.ok(!(await traces(page)).includes(SK), "wiped");
  assert.equal(await page.locator("input[name=sk]").inputValue(), "");
  assert.ok(said.length > 5);
  assert.ok(!said.join("\n").includes(SK), "sent or logged");
});

test("credentials are wiped when nobody is there, and kept while someone is", async () => {
  const page = await console.page();
  await page.clock.install();
  await connect(page, console.emulator.url);
  await page.clock.runFor("09:30");
  await page.getByText("Credentials will be wiped in a minute").waitFor({ state: "attached" });
  await page.keyboard.press("Shift");
  await page.clock.runFor("09:30");
  assert.equal(await page.locator(".session").count(), 1);
  await page.clock.runFor("00:45");
  await page.getByText("Credentials were wiped after 10 min").waitFor();
  assert.equal(await page.locator(".session").count(), 0);
});

test("the time until they are wiped is a choice", async () => {
  const page = await console.page();
  await page.clock.install();
  await page.goto(console.emulator.url);
  await page.locator("select[name=idle]").selectOption("1");
  await page.locator(".offer button").click();
  await submit(page);
  await page.locator(".session").waitFor();
  await page.clock.runFor("01:05");
  await page.getByText("Credentials were wiped after 1 min").waitFor();
});

test("a page that is not secure warns when a secret is typed", async () => {
  const { port } = new URL(console.emulator.url);
  const page = await console.page();
  await page.goto(`http://console.test:${port}/`);
  const warning = page.getByText("came over plain http from another machine");
  await page.locator("input[name=place][value=endpoint]").check();
  assert.equal(await warning.count(), 0);
  await page.locator("input[name=sk]").fill("x");
  await warning.waitFor();
  await page.goto(console.emulator.url);
  await page.locator("input[name=place][value=endpoint]").check();
  await page.locator("input[name=sk]").fill("x");
  assert.equal(await warning.count(), 0);
});

test("what is not secret is remembered for the next time, and nothing else", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await fillEndpoint(page, console.emulator.url);
  await page.locator("input[name=kind][value=temporary]").check();
  await page.locator("summary").click();
  await page.locator("input[name=projectId]").fill("0123456789abcdef0123456789abcdef");
  await page.locator("input[name=ak]").fill("EMULATORTEMP00000001");
  await page.locator("input[name=sk]").fill("emulator-sk-not-a-secret-000000000002");
  await page.locator("input[name=securityToken]").fill("emulator-security-token");
  await submit(page);
  await page.locator(".session").waitFor();
  assert.match(await page.locator(".session").innerText(), /cn-north-4[\s\S]*01234567/);
  await page.reload();
  const value = (/** @type {string} */ name) => page.locator(`input[name=${name}]`).inputValue();
  assert.equal(await value("endpoint"), console.emulator.url);
  assert.equal(await value("iamEndpoint"), console.emulator.url);
  assert.equal(await value("projectId"), "0123456789abcdef0123456789abcdef");
  assert.ok(await page.locator("input[name=kind][value=temporary]").isChecked());
  for (const name of ["ak", "sk", "securityToken"]) assert.equal(await value(name), "");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.doesNotMatch(stored, /EMULATORTEMP|not-a-secret|emulator-security-token/);
});

test("an address with a query or a user in it is not remembered", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await fillEndpoint(page, console.emulator.url);
  await page.locator("input[name=kind][value=signer]").check();
  await page.locator("input[name=signerUrl]").fill("https://signer.test/?key=of-mine");
  await page.locator("input[name=kind][value=key]").check();
  await page.locator("input[name=ak]").fill(AK);
  await page.locator("input[name=sk]").fill(SK);
  await submit(page);
  await page.locator(".session").waitFor();
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.doesNotMatch(stored, /of-mine/);
  assert.match(stored, /endpoint\\?":/);
});

test("the first choice is the back end where one answers, with the user that it names", async () => {
  const page = await console.page();
  await page.route("**/dcs/config", (route) => {
    assert.equal(route.request().headers()["x-dcs-request"], "1");
    return route.fulfill({
      json: { regions: ["cn-north-4", "ap-southeast-3"], user: "li.lei", readOnly: false },
    });
  });
  await page.goto(console.emulator.url);
  await page.getByText("The back end answers: you are li.lei.").waitFor();
  assert.ok(await page.locator("input[name=place][value=server]").isChecked());
  assert.equal(await page.locator("input[name=sk]").count(), 0);
  assert.deepEqual(await page.locator("select[name=serverRegion] option").allInnerTexts(), [
    "cn-north-4",
    "ap-southeast-3",
  ]);
});

test("a deployer's presets are offered, and the first one is filled in", async () => {
  const page = await console.page();
  await page.route("**/config.json", (route) =>
    route.fulfill({
      json: {
        presets: [
          { name: "Beijing", region: "cn-north-4", via: "/dcs-proxy", projectId: "1".repeat(32) },
          {
            name: "Lab",
            endpoint: "https://dcs.lab.test",
            region: "lab-1",
            kind: "token",
            sk: "x",
          },
          { name: 7 },
        ],
      },
    }),
  );
  await page.goto(console.emulator.url);
  const presets = page.getByRole("group", { name: "Presets" });
  await presets.waitFor();
  assert.deepEqual(await presets.getByRole("button").allInnerTexts(), ["Beijing", "Lab"]);
  assert.equal(await page.locator("input[name=via]").inputValue(), "/dcs-proxy");
  await presets.getByRole("button", { name: "Lab" }).click();
  assert.equal(await page.locator("input[name=endpoint]").inputValue(), "https://dcs.lab.test");
  assert.ok(await page.locator("input[name=kind][value=token]").isChecked());
});

test("a region without a proxy is refused before anything is sent, with what to do instead", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await page.locator("input[name=place][value=region]").check();
  await page.locator("input[name=ak]").fill(AK);
  await page.locator("input[name=sk]").fill(SK);
  await submit(page);
  const problem = page.getByRole("alert").filter({ hasText: "Not connected" });
  assert.match(await problem.innerText(), /“Address of the proxy” is missing[\s\S]*back end/);
});

test("a signer that refuses is told with its host and status", async () => {
  const signer = await startSigner({ status: 403 });
  try {
    const page = await console.page();
    await page.goto(console.emulator.url);
    await fillEndpoint(page, console.emulator.url);
    await page.locator("input[name=kind][value=signer]").check();
    await page.locator("input[name=signerUrl]").fill(signer.url);
    await page.locator("input[name=projectId]").fill("0123456789abcdef0123456789abcdef");
    await submit(page);
    const problem = page.getByRole("alert").filter({ hasText: "Not connected" });
    const { host } = new URL(signer.url);
    await problem.getByText(`The signer at ${host} answered HTTP 403.`).waitFor();
    assert.match(await problem.innerText(), /allows this request/);
  } finally {
    await signer.end();
  }
});

test("errors of a Chinese page are Chinese", async () => {
  const page = await console.page({ locale: "zh-CN" });
  await page.goto(console.emulator.url);
  await fillEndpoint(page, console.emulator.url);
  await page.locator("input[name=sk]").fill(SK);
  await submit(page);
  const problem = page.locator(".problem");
  await problem.getByText("缺少“访问密钥 ID（AK）”。").waitFor();
  await page.locator("input[name=ak]").fill(AK);
  await page.locator("input[name=endpoint]").fill("http://127.0.0.1:9");
  await page.locator("input[name=iamEndpoint]").fill("http://127.0.0.1:9");
  await submit(page);
  await problem.getByText("127.0.0.1:9 没有响应。").waitFor();
});
