// @ts-check
// What the command takes, and what it says about itself.

/** @typedef {NonNullable<import("node:util").ParseArgsConfig["options"]>} Options */

/** Exit codes. */
export const DONE = 0;
export const REFUSED = 1;
export const USAGE = 2;
export const UNKNOWN = 3;

/** A slip of whoever typed the command. */
export class UsageError extends Error {}

/** @type {Options} */
const COMMON = {
  region: { type: "string" },
  endpoint: { type: "string" },
  "iam-endpoint": { type: "string" },
  "project-id": { type: "string" },
  "timeout-ms": { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

/** @type {Options} */
const SWAPPING = {
  yes: { type: "boolean", short: "y", default: false },
  "dry-run": { type: "boolean", default: false },
};

/** @type {Options} */
const FOLLOWING = { "interval-ms": { type: "string" }, "follow-timeout-ms": { type: "string" } };

/** The options of each command. @type {Record<string, Options>} */
export const COMMANDS = {
  swap: { ...COMMON, ...SWAPPING },
  switchover: {
    ...COMMON,
    ...SWAPPING,
    ...FOLLOWING,
    "verify-timeout-ms": { type: "string" },
    concurrency: { type: "string" },
    "stop-on-failure": { type: "boolean", default: false },
  },
  job: { ...COMMON, ...FOLLOWING, follow: { type: "boolean", short: "f", default: false } },
  instances: { ...COMMON, name: { type: "string" }, status: { type: "string" } },
  sign: {
    ...COMMON,
    header: { type: "string", short: "H", multiple: true },
    data: { type: "string", short: "d" },
    algorithm: { type: "string" },
    service: { type: "string" },
    "show-signature": { type: "boolean", default: false },
  },
};

/** Names people try for credentials on the command line. */
export const SECRETS = /^--?(ak|sk|access-key|secret-key|secret|token|security-token|password)\b/;

export const HELP = `Switch master and standby of a Huawei Cloud DCS (Redis) instance.

  huaweicloud-dcs switchover INSTANCE_ID...   check, swap once, follow the job, verify the roles
  huaweicloud-dcs swap INSTANCE_ID            send the swap, and print its job; nothing more
  huaweicloud-dcs job JOB_ID [--follow]       read a job, or follow it to its end
  huaweicloud-dcs instances                   list the instances of the project
  huaweicloud-dcs sign METHOD URL             print a signed request as a curl command
  huaweicloud-dcs console                     a page for all of this, on this machine; console --help tells more

Where
  --region ID            for example cn-north-4; HUAWEICLOUD_SDK_REGION unless given
  --project-id ID        looked up through IAM unless given
  --endpoint URL         instead of the region's; --iam-endpoint URL likewise
  --timeout-ms N         for one request

How
  --json                 one JSON value on standard output, and nothing else
  -h, --help             this text;  --version

swap, switchover
  -y, --yes              do not ask. Needed where there is no terminal to ask on
  --dry-run              show what would be sent. Reads are sent, the swap is not
switchover, job --follow
  --interval-ms N        between two reads;  --follow-timeout-ms N  for the job
switchover
  --verify-timeout-ms N  for the roles to change
  --concurrency N        of several instances, so many at once
  --stop-on-failure      of several instances, start no further one after a failure
instances
  --name TEXT, --status TEXT
sign
  -H, --header "NAME: VALUE"   may be given again
  -d, --data TEXT              the body; @FILE reads a file
  --algorithm NAME             SDK-HMAC-SHA256 unless given; --service NAME with V11-HMAC-SHA256
  --show-signature             else the signature is masked. It is good for 15 minutes: keep it out of logs

Credentials come from the environment (HUAWEICLOUD_SDK_AK and _SK, with _SECURITY_TOKEN), from
~/.huaweicloud/credentials, or from the metadata service of the cloud server; never from the command line.

Exit codes
  0  done: switchover: the roles were seen to change; swap: accepted; job --follow: it succeeded
  1  refused, failed or not swapped; nothing is left in doubt
  2  the command was typed wrongly; nothing was sent
  3  unknown: the swap may have run. Read the roles before doing anything else`;
