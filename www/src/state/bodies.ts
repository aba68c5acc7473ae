/** Stands in the place of a secret. */
export const HIDDEN = "••••••••";

/** Bytes of a body that are kept; what is longer is shown as cut. */
const KEPT_BYTES = 64 * 1024;
/** Bytes of a body that is read as JSON. */
const READ_BYTES = 512 * 1024;

/** Names of fields and headers whose value is a secret. */
const SECRET =
  /(^|[-_])(token|password|passwd|secret|signature|authorization|cookie)([-_]|$)|securitytoken|secretkey|accesskey|subject-token|auth-token|^[as]k$/i;

const isSecret = (name: string) => SECRET.test(name.replace(/([a-z])([A-Z])/g, "$1_$2"));

/** A body as it is shown. */
export interface Body {
  text: string;
  /** How long it was, when it was cut. */
  cutFrom?: number;
}

/** Headers with the values of secret ones left out. */
export function shownHeaders(headers: Headers): [string, string][] {
  return [...headers].map(([name, value]) => [name, isSecret(name) ? HIDDEN : value]);
}

/** JSON with the values of secret fields left out, indented; other text as it is. */
function shownText(text: string, json: unknown): string {
  if (json === undefined) return text;
  const hide = (name: string, value: unknown) =>
    isSecret(name) &&
    typeof value === "string" &&
    value !== "" &&
    value !== "true" &&
    value !== "false"
      ? HIDDEN
      : value;
  return JSON.stringify(json, hide, 2);
}

/**
 * What an answer holds, read from a copy. `json` is undefined for what is no JSON or too long.
 */
export async function readBody(response: Response): Promise<{ body: Body; json: unknown }> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || !value) break;
    size += value.length;
    chunks.push(value);
    if (size > READ_BYTES) {
      // Not awaited: it ends only when the package has let go of its copy too.
      void reader?.cancel();
      break;
    }
  }
  const text = await new Blob(chunks).text();
  let json: unknown;
  try {
    json = size > READ_BYTES ? undefined : JSON.parse(text);
  } catch {
    json = undefined;
  }
  const shown = shownText(text, json);
  const body =
    shown.length > KEPT_BYTES
      ? { text: shown.slice(0, KEPT_BYTES), cutFrom: shown.length }
      : { text: shown };
  return { body, json };
}
