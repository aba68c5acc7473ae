import { signRequest } from "huaweicloud-dcs";
import type { Credential } from "huaweicloud-dcs";
import { type Call, signingOptions } from "../state/recorder.ts";

/** Secrets stand in variables of the shell, which the reader sets. */
const VARIABLES: Record<string, string> = {
  "x-security-token": "$HUAWEICLOUD_SDK_SECURITY_TOKEN",
  "x-auth-token": "$HUAWEICLOUD_SDK_TOKEN",
};

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** `-H` with its value; a variable needs double quotes. */
function option(name: string, value: string): string {
  const variable = VARIABLES[name.toLowerCase()];
  return `-H ${variable ? `"${name}: ${variable}"` : quoted(`${name}: ${value}`)}`;
}

/**
 * A request as a curl command. Without a credential its signature is left out; with one it is signed anew, now, so that
 * it can be run.
 */
export function curl(call: Call, credential?: Credential): string {
  const { authorization } = call;
  const lines = [`curl -X ${call.method} ${quoted(call.url)}`];
  if (credential && authorization) {
    const { headers } = signRequest({
      ...signingOptions(call, new Date()),
      credentials: credential,
    });
    for (const [name, value] of Object.entries(headers)) {
      if (name.toLowerCase() !== "host") lines.push(option(name, value));
    }
  } else {
    for (const [name, value] of call.headers) lines.push(option(name, value));
    if (authorization) {
      const { algorithm, access, signedHeaders } = authorization;
      const parts = `${algorithm} ${access}, SignedHeaders=${signedHeaders}`;
      lines.push(option("Authorization", `${parts}, Signature=<signature>`));
    }
  }
  return lines.join(" \\\n  ");
}
