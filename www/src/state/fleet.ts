import type { DcsClient, InstanceInfo, NodeRole } from "huaweicloud-dcs";
import { t } from "../i18n/index.ts";
import { UUID } from "../route.ts";
import { announce } from "./announce.ts";
import { type Refusal, modeOf, readGroups, refusalOf, refusalOfRoles } from "./nodes.ts";
import { type Problem, describe } from "./problem.ts";
import { Store } from "./store.ts";

/** An instance. */
export interface Row {
  id: string;
  name: string;
  info: InstanceInfo;
  mode?: string;
  /** The nodes of its one group. */
  nodes?: NodeRole[];
  /** Milliseconds since 1970. */
  rolesAt?: number;
  /** When reading them failed last. */
  failedAt?: number;
  /** Why it cannot be swapped, as far as is known. The check before a swap decides. */
  refusal?: Refusal;
}

export interface Fleet {
  /** Every instance that was read, by its id. */
  known: Record<string, Row>;
  /** Those of the list, in the order in which the service told them. */
  ids: string[];
  /** How many the service has. */
  total: number;
  loading: boolean;
  /** When the list was read, in milliseconds since 1970. */
  readAt?: number;
  problem?: Problem;
}

/** Instances of the first request, so that it is soon answered, and of those that follow. */
const FIRST = 100;
const NEXT = 200;
/** Instances that are loaded at most; beyond, the service is asked. An operator's page is no place for more. */
export const MOST = 2_000;

const empty: Fleet = {
  known: {},
  ids: [],
  total: 0,
  loading: false,
  readAt: undefined,
  problem: undefined,
};

export const fleet = new Store<Fleet>(empty);

let client: DcsClient | undefined;
/** Ends what an older reading still has under way. */
let reading = new AbortController();

export function useClient(next: DcsClient | undefined): void {
  client = next;
  reading.abort();
  fleet.set(empty);
}

export const rowOf = (id: string): Row | undefined => fleet.value.known[id];

function toRow(info: InstanceInfo, old: Row | undefined): Row {
  // The list names no mode, which a single read has told.
  const whole = { ...info, cache_mode: info.cache_mode ?? old?.info.cache_mode };
  return {
    id: info.instance_id,
    name: info.name || info.instance_id,
    info: whole,
    mode: modeOf(whole),
    nodes: old?.nodes,
    rolesAt: old?.rolesAt,
    refusal: refusalOf(whole) ?? (old?.rolesAt ? old.refusal : undefined),
  };
}

/** Takes instances in; those known already keep their roles. */
export function meet(infos: InstanceInfo[]): void {
  const known = { ...fleet.value.known };
  for (const info of infos) known[info.instance_id] = toRow(info, known[info.instance_id]);
  fleet.set({ known });
}

export function patchRow(id: string, patch: Partial<Row>): void {
  const row = rowOf(id);
  if (row) fleet.set({ known: { ...fleet.value.known, [id]: { ...row, ...patch } } });
}

/** Roles as some answer told them: the row follows, whoever asked. */
export function sawRoles(id: string, answer: unknown): void {
  const groups = readGroups(answer);
  const row = rowOf(id);
  if (!row || groups.length === 0) return;
  patchRow(id, {
    nodes: groups.length === 1 ? groups[0] : undefined,
    rolesAt: Date.now(),
    refusal: refusalOf(row.info) ?? refusalOfRoles(groups),
  });
}

/** Reads one instance. Throws what kept it from that. */
export async function readInstance(id: string, signal?: AbortSignal): Promise<void> {
  const info = await client?.showInstance({ instanceId: id, signal });
  if (info && !signal?.aborted) meet([info]);
}

/** Reads the roles of an instance; the row says what came of it. */
export async function readRoles(id: string, signal?: AbortSignal): Promise<void> {
  try {
    sawRoles(id, await client?.listGroupReplicationInfo({ instanceId: id, signal }));
  } catch (error) {
    if (signal?.aborted) return;
    const row = rowOf(id);
    const refusal = (row && refusalOf(row.info)) ?? { key: "why.unread" as const };
    patchRow(id, { refusal, failedAt: Date.now() });
    throw error;
  }
}

type Search = NonNullable<Parameters<DcsClient["listInstances"]>[0]>;

/** Reads the instances, the first ones soon. Throws when they cannot be read. */
export async function load(): Promise<void> {
  if (!client) return;
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  const again = fleet.value.ids.length > 0;
  fleet.set({ loading: true, problem: undefined });
  const ids: string[] = [];
  try {
    for (let total = 1; ids.length < Math.min(total, MOST);) {
      const limit = ids.length === 0 ? FIRST : NEXT;
      const page = await client.listInstances({
        limit,
        offset: ids.length,
        includeFailure: true,
        signal,
      });
      if (signal.aborted) return;
      total = page.instance_num;
      ids.push(...page.instances.map((info) => info.instance_id));
      meet(page.instances);
      // A list that is read again takes the old one's place when it is whole.
      if (!again) fleet.set({ ids: [...new Set(ids)], total });
      else fleet.set({ total });
      if (page.instances.length === 0) break;
    }
    fleet.set({ ids: [...new Set(ids)], loading: false, readAt: Date.now() });
    if (!again) announce(t("list.refreshed", { n: ids.length }));
  } catch (error) {
    if (signal.aborted) return;
    fleet.set({ loading: false, problem: await describe(error) });
    throw error;
  }
}

/** The same for a control of the page: the store tells of a failure. */
export function reload(): void {
  load().then(
    () => announce(t("list.refreshed", { n: fleet.value.ids.length })),
    () => undefined,
  );
}

/** What the service can search by: a name, a whole id, an address, a status. */
function searchFor(text: string, status: string): Search {
  const by = UUID.test(text)
    ? { instanceId: text.toLowerCase() }
    : /^[\d.]+$/.test(text)
      ? { ip: text }
      : text
        ? { name: text }
        : {};
  return { ...by, ...(status && { status }) };
}

/** Asks the service for instances that are not loaded; what it finds joins the list. */
export async function search(text: string, status: string, signal: AbortSignal): Promise<void> {
  if (!client || (!text && !status)) return;
  try {
    const page = await client.listInstances({
      limit: NEXT,
      includeFailure: true,
      ...searchFor(text, status),
      signal,
    });
    if (signal.aborted) return;
    meet(page.instances);
    const found = page.instances.map((info) => info.instance_id);
    fleet.set({ ids: [...new Set([...fleet.value.ids, ...found])] });
  } catch (error) {
    if (!signal.aborted) fleet.set({ problem: await describe(error) });
  }
}

/** Milliseconds between two readings of the list, and the longest after failures. */
const REFRESH_MS = 30_000;
const LONGEST_MS = 300_000;

/** Reads the list again from time to time, while somebody can see it. */
export function watchFleet(): void {
  let pause = REFRESH_MS;
  const turn = async () => {
    if (client && !document.hidden && !fleet.value.loading && fleet.value.readAt) {
      pause = await load().then(
        () => REFRESH_MS,
        () => Math.min(pause * 2, LONGEST_MS),
      );
    }
    setTimeout(() => void turn(), pause);
  };
  setTimeout(() => void turn(), pause);
}
