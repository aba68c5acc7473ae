// @ts-check
// Requests for which the official Python core is known to sign something else, and what each of us makes of them. Each
// is explained in docs/official-cores.md; the test fails when one of them is no longer true.

const common = {
  algorithm: "SDK-HMAC-SHA256",
  ak: "AK",
  sk: "MARKER-SK-9f27c1d4e8b3a605",
  method: "PUT",
  host: "example.com",
  query: /** @type {[string, string][]} */ ([]),
  region: "",
  service: "",
};
const date = { "X-Sdk-Date": "20240102T030405Z" };
const body = Buffer.from("a=b");
const hash = "42144f3939c3ffbbf0bf8b1f12affb5c23a4c5bd41e0ff672d54a5754f062058";

export const known = [
  {
    what: "a header named content-type in lower case",
    request: { ...common, path: "/x", headers: { ...date, "content-type": "text/plain" }, body },
    ours: "UNSIGNED-PAYLOAD",
    theirs: hash,
  },
  {
    what: "a path that is no UTF-8",
    request: { ...common, path: "/%FF", headers: date, body: Buffer.alloc(0) },
    ours: "\n/%FF/\n",
    theirs: "\n/%EF%BF%BD/\n",
  },
].map((each) => ({
  ...each,
  request: { ...each.request, url: `https://example.com${each.request.path}` },
}));
