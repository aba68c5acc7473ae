import type { Key } from "../i18n/index.ts";

/** An error as the page shows it. Nothing of it is secret: the package's errors hold no secret. */
export interface Problem {
  name: string;
  message: string;
  code?: string;
  httpStatusCode?: number;
  requestId?: string;
  outcome?: string;
  /** The option that is wrong. */
  field?: string;
  remedy: Key;
  /** What the published table says of the code. */
  published?: string;
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

function byStatus(status: number): Key {
  if (status === 401) return "remedy.authentication";
  if (status === 403) return "remedy.permission";
  if (status === 404) return "remedy.not_found";
  if (status === 405) return "remedy.method";
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
  const fallback = ofGateway(message) ?? byStatus(status);
  try {
    const { default: rows } = await import("virtual:error-codes");
    const row =
      rows.find((row) => row[1] === code && row[0] === status) ??
      rows.find((row) => row[1] === code);
    return { remedy: (row && KINDS[row[3]]) ?? fallback, published: row?.[2] };
  } catch {
    // The table did not load: the status still tells something.
    return { remedy: fallback, published: undefined };
  }
}

/** What to show of an error. The table of codes is loaded at the first one. */
export async function describe(error: unknown): Promise<Problem> {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), remedy: "remedy.none" };
  }
  // A switchover that failed tells why in its cause.
  const { cause } = error;
  const fields = (error.name === "SwitchoverError" && cause instanceof Error
    ? cause
    : error) as unknown as Fields;
  const message = text(fields.error_msg) ?? text(fields.message) ?? error.message;
  const code = text(fields.error_code) ?? text(fields.code);
  const httpStatusCode = number(fields.httpStatusCode);
  const known = code && LOCAL[code];
  const { remedy, published } =
    known || !code || httpStatusCode === undefined
      ? { remedy: known || ("remedy.none" as const), published: undefined }
      : await ofService(httpStatusCode, code, message);
  return {
    name: text(fields.name) ?? error.name,
    message,
    code,
    httpStatusCode,
    requestId: text(fields.requestId),
    outcome: text((error as unknown as Fields).outcome),
    field: text(fields.field),
    remedy,
    published,
  };
}
