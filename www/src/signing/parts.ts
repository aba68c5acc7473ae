import type { Key } from "../i18n/index.ts";
import type { Call } from "../state/recorder.ts";
import { HIDDEN } from "../state/recorder.ts";

/** A piece of a signed request. Pieces with the same `link` are one thing in different places. */
export interface Part {
  link: string;
  text: string;
  explain: Key;
  /** A secret stands here in what is sent. */
  hidden?: boolean;
}

/** A request in its four forms, each in parts. */
export interface Parts {
  request: Part[];
  headers: { name: string; part: Part }[];
  canonical: Part[];
  stringToSign: Part[];
  authorization: Part[];
}

const EXPLAIN_HEADER: Record<string, Key> = {
  host: "part.host",
  "x-sdk-date": "part.date",
  "x-project-id": "part.project",
  "x-security-token": "part.securityToken",
  "x-auth-token": "part.authToken",
};

/** Every header that goes out, the host among them, which the browser adds. */
function headerParts(call: Call): Parts["headers"] {
  const signed = call.authorization?.signedHeaders.split(";") ?? [];
  const all: [string, string][] = [["host", new URL(call.url).host], ...call.headers];
  return all.map(([name, value]) => ({
    name,
    part: {
      link: `header:${name}`,
      text: value,
      hidden: value === HIDDEN,
      explain: EXPLAIN_HEADER[name] ?? (signed.includes(name) ? "part.header" : "part.unsigned"),
    },
  }));
}

/** Method, URI, query, the signed headers each on a line, an empty line, their names, the hash of the body. */
function canonicalParts(canonicalRequest: string): Part[] {
  const lines = canonicalRequest.split("\n");
  const [method = "", uri = "", query = ""] = lines;
  const payload = lines.at(-1) ?? "";
  const names = lines.at(-2) ?? "";
  const headers = lines.slice(3, -3).map((line): Part => {
    const name = line.split(":", 1)[0] ?? "";
    return {
      link: `header:${name}`,
      text: line,
      hidden: line.endsWith(HIDDEN),
      explain: EXPLAIN_HEADER[name] ?? "part.header",
    };
  });
  return [
    { link: "method", text: method, explain: "part.method" },
    { link: "uri", text: uri, explain: "part.uri" },
    { link: "query", text: query, explain: "part.query" },
    ...headers,
    { link: "names", text: names, explain: "part.signedHeaders" },
    { link: "payload", text: payload, explain: "part.payload" },
  ];
}

/** Algorithm, date, the scope of a derived key if there is one, the hash of the canonical request. */
function stringToSignParts(stringToSign: string): Part[] {
  const [algorithm = "", date = "", ...rest] = stringToSign.split("\n");
  const hash = rest.pop() ?? "";
  return [
    { link: "algorithm", text: algorithm, explain: "part.algorithm" },
    { link: "header:x-sdk-date", text: date, explain: "part.date" },
    ...rest.map((text): Part => ({ link: "scope", text, explain: "part.scope" })),
    { link: "hash", text: hash, explain: "part.hash" },
  ];
}

function authorizationParts(call: Call): Part[] {
  const { authorization } = call;
  if (!authorization) return [];
  const { algorithm, access, signedHeaders } = authorization;
  return [
    { link: "algorithm", text: algorithm, explain: "part.algorithm" },
    { link: "access", text: access, explain: "part.access" },
    { link: "names", text: `SignedHeaders=${signedHeaders}`, explain: "part.signedHeaders" },
    { link: "signature", text: `Signature=${HIDDEN}`, hidden: true, explain: "part.signature" },
  ];
}

/** Takes a request apart. */
export function partsOf(call: Call): Parts {
  const { pathname, search } = new URL(call.url);
  const request: Part[] = [
    { link: "method", text: call.method, explain: "part.method" },
    { link: "uri", text: pathname, explain: "part.uri" },
  ];
  if (search) request.push({ link: "query", text: search, explain: "part.query" });
  return {
    request,
    headers: headerParts(call),
    canonical: call.canonicalRequest ? canonicalParts(call.canonicalRequest) : [],
    stringToSign: call.stringToSign ? stringToSignParts(call.stringToSign) : [],
    authorization: authorizationParts(call),
  };
}
