import type { ClientOptions } from "huaweicloud-dcs";
import { randomId } from "./tabs.ts";

/** Stands in the paths that the client makes; the back end acts in a project of its own, which `-` means. */
const ANY_PROJECT = "0".repeat(32);

/** What a back end asks of a request in place of a signature: a header that no form of another site can send. */
const HEADER = "X-Dcs-Request";

/** The options of a client that asks the page's own back end: nothing is signed, and no credential is there. */
export function throughBackEnd(
  server: string,
  region: string | undefined,
  send: (request: Request) => Promise<Response>,
): ClientOptions {
  const base = server.replace(/\/+$/, "") + (region ? `/${region}` : "");
  return {
    region: region ?? "cn-north-4",
    via: base,
    projectId: ANY_PROJECT,
    // The client sends nothing unsigned; what it is given here is taken out again below.
    signer: () => ({ Authorization: "none" }),
    fetch: (request) => send(forBackEnd(request)),
  };
}

/** A request as the back end takes it. */
function forBackEnd(request: Request): Request {
  const headers = new Headers({ [HEADER]: "1" });
  // Sent again on its way, by a browser whose connection closed, it is answered with the first answer.
  if (request.method !== "GET") headers.set("Idempotency-Key", randomId());
  return new Request(request.url.replace(`/v2/${ANY_PROJECT}/`, "/v2/-/"), {
    method: request.method,
    headers,
    signal: request.signal,
    // Its sessions need their cookie.
    credentials: "same-origin",
    redirect: "error",
    referrerPolicy: "no-referrer",
    cache: "no-store",
  });
}
