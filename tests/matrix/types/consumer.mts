// What a strict TypeScript program says with the package; compiled only. Each type is used as the documentation shows,
// and each @ts-expect-error is a slip that the types must catch.
import {
  DcsClient,
  DcsError,
  ServiceResponseError,
  SwitchoverError,
  changeMasterStandbyAsync,
  init,
  regions,
  signRequest,
  signedFetch,
  type ClientOptions,
  type DcsEvent,
  type JobInfo,
  type SwitchoverReport,
} from "huaweicloud-dcs";
import { createEmulator, type Fault } from "huaweicloud-dcs/emulator";
import { fileJournal, webJournal } from "huaweicloud-dcs/journal";
import { DcsClient as PageClient, type PageClientOptions } from "huaweicloud-dcs/page";
import {
  createDcsHandler,
  fileAudit,
  toNodeListener,
  type DcsHandler,
  type NodeListener,
} from "huaweicloud-dcs/server";
import { fromChain, fromProfile } from "huaweicloud-dcs/credentials";
import {
  signRequest as signAlone,
  Credential,
  DcsError as SignerError,
  type SignedRequest,
} from "huaweicloud-dcs/signer";
import { signRequest as signWithAny, type Algorithm } from "huaweicloud-dcs/asymmetric";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const equal = <A, B>(same: Equal<A, B>) => same;

const credentials = { ak: "ak", sk: "sk" };
const options: ClientOptions = {
  region: "cn-north-4",
  credentials: fromChain(),
  retry: { maxAttempts: 3 },
  onEvent: (event: DcsEvent) => (event.type === "retry" ? event.delayMs : event.type),
};

export async function use(): Promise<SwitchoverReport> {
  await init();
  const instanceId = "00000000-0000-4000-8000-000000000001";
  const answer = await changeMasterStandbyAsync({ ...options, instanceId });
  equal<typeof answer.job_id, string>(true);
  equal<typeof answer.httpStatusCode, number>(true);
  const dcs = new DcsClient(options);
  for await (const job of dcs.followJob(answer.job_id)) equal<typeof job, JobInfo>(true);
  for await (const { instance_id } of dcs.iterateInstances())
    equal<typeof instance_id, string>(true);
  try {
    return await dcs.switchover({ instanceId, signal: AbortSignal.timeout(1000) });
  } catch (error) {
    if (error instanceof ServiceResponseError) equal<typeof error.error_code, string>(true);
    if (error instanceof SwitchoverError && error.report) return error.report;
    if (error instanceof DcsError) equal<typeof error.retryable, boolean>(true);
    throw error;
  } finally {
    dcs.free();
  }
}

export function sign(): SignedRequest {
  const request = { method: "GET", url: "https://example.com/", credentials };
  equal<ReturnType<typeof regions>[number]["dcsEndpoint"], string>(true);
  const algorithm: Algorithm = "SDK-SM2-SM3";
  signWithAny({ ...request, algorithm });
  signAlone({ ...request, credentials: new Credential(credentials) });
  equal<typeof SignerError, typeof DcsError>(true);
  return signRequest(request);
}

export const send: (url: string) => Promise<Response> = signedFetch(fromProfile());

export async function test(): Promise<SwitchoverReport> {
  const cloud = await createEmulator({ instances: 3 });
  const dcs = new DcsClient({ fetch: cloud.fetch, ...cloud.config });
  const fault: Fault = { kind: "status", status: 503 };
  await cloud.admin.arm({ operation: "ShowJobInfo" }, fault, { times: 2 });
  return dcs.switchover({ instanceId: cloud.instanceIds[0]! });
}

export const handler: DcsHandler = createDcsHandler({
  basePath: "/dcs",
  regions: ["cn-north-4"],
  authorize: ({ effect }) => effect === "read" && { user: "reader" },
  audit: fileAudit("audit.jsonl"),
});
// Of two types of Node, which a page or Worker may not have.
export const listener: NodeListener = toNodeListener(handler);

export async function inPage(): Promise<SwitchoverReport> {
  const where: PageClientOptions = { server: "/dcs" };
  const dcs = new PageClient(where);
  return dcs.switchover({ instanceId: "", journal: webJournal() });
}

export const resumed = (instanceId: string) =>
  new DcsClient(options).switchover({ instanceId, journal: fileJournal("journal") });

export function told(error: unknown, event: DcsEvent): number | undefined {
  if (event.type === "clock") return event.attempt;
  return error instanceof ServiceResponseError ? error.retryAfterMs : undefined;
}

// @ts-expect-error There is no such fault.
export const wrong: Fault = { kind: "drop" };
// @ts-expect-error The instance is missing.
void changeMasterStandbyAsync({ region: "cn-north-4" });
// @ts-expect-error A slip in the name of an option.
new DcsClient({ regoin: "cn-north-4" });
// @ts-expect-error An algorithm of another entry.
signRequest({ method: "GET", url: "", credentials, algorithm: "SDK-SM2-SM3" });
// @ts-expect-error No answer has this.
void changeMasterStandbyAsync({ instanceId: "" }).then((answer) => answer.jobId);
