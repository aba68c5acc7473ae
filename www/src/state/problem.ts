import type { Key } from "../i18n/index.ts";
import { calls } from "./recorder.ts";

/** An error as the page shows it. Nothing of it is secret: the package's errors hold no secret. */
export interface Problem {
  name: string;
  /** As the service or the package says it. */
  message: string;
  /** What happened, in words of the page, when it is one of the package's own errors; `{field}` is the field's label. */
  said?: { key: Key; values?: Record<string, string | number> };
  code?: string;
  httpStatusCode?: number;
  requestId?: string;
  outcome?: string;
  /** Who was asked. */
  host?: string;
  /** The option that is wrong. */
  field?: string;
  /** The published kind of the error. */
  kind?: string;
  remedy: Key;
  /** What the published table says of the code. */
  published?: string;
  /** For IAM's DecodeAuthorizationMessage: why it was not allowed. */
  encodedAuthorizationMessage?: string;
}

type Fields = Record<string, unknown>;

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);
const number = (value: unknown) => (typeof value === "number" ? value : undefined);

/** Remedies of errors that come from this side, by the package's code. */
const LOCAL: Record<string, Key> = {
  INVALID_ARGUMENT: "remedy.argument",
  CREDENTIALS: "remedy.credentials",
  CONNECTION: "remedy.connection",
  TIMEOUT: "remedy.timeout",
  RESPONSE_FORMAT: "remedy.format",
};

/** Remedies of kinds in the published table, and of statuses for codes that are not in it. */
const KINDS: Record<string, Key> = {
  invalid_request: "remedy.invalid_request",
  authentication: "remedy.authentication",
  permission: "remedy.permission",
  not_found: "remedy.not_found",
  unsupported: "remedy.unsupported",
  busy: "remedy.busy",
  not_running: "remedy.not_running",
  server: "remedy.server",
  method: "remedy.method",
};

/** Labels of the options that the form has, so that a message names what the reader sees. */
export const FIELDS: Record<string, Key> = {
  "credentials.ak": "connect.ak",
  "credentials.sk": "connect.sk",
  "credentials.securityToken": "connect.securityToken",
  "credentials.token": "connect.token",
  region: "connect.region",
  endpoint: "connect.endpoint",
  iamEndpoint: "connect.iam",
  projectId: "connect.project",
  via: "connect.via",
  server: "connect.server",
  signerUrl: "connect.signer",
  instanceId: "stage.id",
};

function byStatus(status: number): Key {
  if (status === 401) return "remedy.authentication";
  if (status === 403) return "remedy.permission";
  if (status === 404) return "remedy.not_found";
  if (status === 405) return "remedy.method";
  if (status === 409) return "remedy.busy";
  if (status === 429) return "remedy.throttled";
  return status >= 500 ? "remedy.server" : "remedy.invalid_request";
}

/** The gateway has one code for many refusals; its message tells them apart. */
function ofGateway(message: string): Key | undefined {
  if (/reach the limit/i.test(message)) return "remedy.locked";
  if (/expired|x-sdk-date/i.test(message)) return "remedy.clock";
  if (/verify aksk signature fail/i.test(message)) return "remedy.signature";
  return undefined;
}

async function ofService(status: number, code: string, message: string) {
  // The back end's own refusal: no key or policy of the service would change it.
  if (code.startsWith("PROXY_")) return { remedy: "remedy.backEnd" as const };
  const fallback = ofGateway(message) ?? byStatus(status);
  try {
    const { default: rows } = await import("virtual:error-codes");
    const row =
      rows.find((row) => row[1] === code && row[0] === status) ??
      rows.find((row) => row[1] === code);
    const [, , published, kind] = row ?? [];
    return { remedy: (kind && KINDS[kind]) || fallback, published, kind };
  } catch {
    // The table did not load: the status still tells something.
    return { remedy: fallback };
  }
}

/** The signer's refusal, when that is what a failed call came from. */
let signer: { host?: string; status?: number } = {};
export function watchSigner(failure: typeof signer): void {
  signer = failure;
}

/** What happened, in words of the page. */
function saidOf(code: string | undefined, field: string | undefined, message: string) {
  const { list } = calls.value;
  const last = list.find(
    (call) => call.state === (code === "RESPONSE_FORMAT" ? "answered" : "failed"),
  );
  const host = last ? new URL(last.sentUrl).host : "–";
  const said = (key: Key, values: Record<string, string | number> = {}) => ({ key, values });
  switch (code) {
    case "INVALID_ARGUMENT": {
      const missing = /empty|missing|required|is not given|is needed/i.test(message);
      const label = field && FIELDS[field];
      return label ? said(missing ? "error.missing" : "error.malformed") : undefined;
    }
    case "CONNECTION":
      return said("error.connection", { host });
    case "TIMEOUT":
      return said("error.timeout", { host });
    case "RESPONSE_FORMAT":
      return last?.status === undefined
        ? said("error.format", { host })
        : said("error.formatStatus", { host, status: last.status });
    case "CREDENTIALS":
      if (!signer.host) return undefined;
      return signer.status === undefined
        ? said("error.signerSilent", { host: signer.host })
        : said("error.signer", { host: signer.host, status: signer.status });
    default:
      return undefined;
  }
}

/** What to show of an error. The table of codes is loaded at the first one. */
export async function describe(error: unknown): Promise<Problem> {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), remedy: "remedy.none" };
  }
  // A switchover that failed tells why in its cause.
  const { cause } = error;
  const inner = error.name === "SwitchoverError" && cause instanceof Error ? cause : error;
  const fields = inner as unknown as Fields;
  const message = text(fields.error_msg) ?? text(fields.message) ?? error.message;
  const code = text(fields.error_code) ?? text(fields.code);
  const field = text(fields.field);
  const httpStatusCode = number(fields.httpStatusCode);
  const said = saidOf(text(fields.code), field, message);
  const local = code && LOCAL[code];
  const last = calls.value.list.find((call) => call.status === httpStatusCode);
  const found: { remedy: Key; published?: string; kind?: string } =
    local || !code || httpStatusCode === undefined
      ? { remedy: local || "remedy.none" }
      : await ofService(httpStatusCode, code, message);
  if (said?.key === "error.signer" || said?.key === "error.signerSilent") {
    found.remedy = "remedy.signer";
  }
  return {
    name: text(fields.name) ?? error.name,
    message,
    said,
    code,
    httpStatusCode,
    requestId: text(fields.requestId),
    outcome: text((error as unknown as Fields).outcome),
    host: httpStatusCode !== undefined && last ? new URL(last.sentUrl).host : undefined,
    field,
    encodedAuthorizationMessage: text(fields.encodedAuthorizationMessage),
    ...found,
  };
}
