import type { DcsClient, InstanceInfo, NodeRole } from "huaweicloud-dcs";
import { announce } from "./announce.ts";
import { t } from "../i18n/index.ts";
import { type Refusal, modeOf, readGroups, refusalOf, refusalOfRoles } from "./nodes.ts";
import { type Problem, describe } from "./problem.ts";
import { Store } from "./store.ts";

/** An instance in the list. */
export interface Row {
  id: string;
  name: string;
  info: InstanceInfo;
  mode?: string;
  /** The nodes of its one group. */
  nodes?: NodeRole[];
  rolesAt?: number;
  /** Why it cannot be swapped; none: it can. */
  refusal?: Refusal;
}

export interface Instances {
  rows: Row[];
  total: number;
  offset: number;
  filter: string;
  status: string;
  swappableOnly: boolean;
  loading: boolean;
  problem?: Problem;
}

export const PAGE = 12;
/** Roles read at once. */
const READERS = 4;

const empty: Instances = {
  rows: [],
  total: 0,
  offset: 0,
  filter: "",
  status: "",
  swappableOnly: false,
  loading: false,
  problem: undefined,
};

export const instances = new Store<Instances>(empty);

let client: DcsClient | undefined;
/** Ends what an older reading still has under way. */
let reading = new AbortController();

export function useClient(next: DcsClient | undefined): void {
  client = next;
  reading.abort();
  instances.set(empty);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function toRow(info: InstanceInfo, old: Row | undefined): Row {
  const refusal = refusalOf(info);
  return {
    id: info.instance_id,
    name: info.name || info.instance_id,
    info,
    mode: modeOf(info),
    nodes: old?.nodes,
    rolesAt: old?.rolesAt,
    refusal: refusal ?? { key: "why.reading" },
  };
}

export function patchRow(id: string, patch: Partial<Row>): void {
  instances.set({
    rows: instances.value.rows.map((row) => (row.id === id ? { ...row, ...patch } : row)),
  });
}

/** Roles as some answer told them: the row follows, whoever asked. */
export function sawRoles(id: string, answer: unknown): void {
  const groups = readGroups(answer);
  const row = instances.value.rows.find((row) => row.id === id);
  if (!row || groups.length === 0) return;
  patchRow(id, {
    nodes: groups.length === 1 ? groups[0] : undefined,
    rolesAt: Date.now(),
    refusal: refusalOf(row.info) ?? refusalOfRoles(groups),
  });
}

/** Reads the roles of an instance; the row says what came of it. */
export async function readRoles(id: string, signal?: AbortSignal): Promise<void> {
  try {
    sawRoles(id, await client?.listGroupReplicationInfo({ instanceId: id, signal }));
  } catch (error) {
    if (signal?.aborted) return;
    patchRow(id, { refusal: { key: "why.unread" } });
    // One that the user asked for is told; in a list, the row tells.
    if (!signal) instances.set({ problem: await describe(error) });
  }
}

/** Whether reading the roles may tell something: of instances that could be swapped, and of unknown modes. */
const mayTell = (row: Row) => !refusalOf(row.info);

async function readAllRoles(rows: Row[], signal: AbortSignal): Promise<void> {
  const queue = rows.filter(mayTell);
  const reader = async () => {
    for (let row; !signal.aborted && (row = queue.shift());) await readRoles(row.id, signal);
  };
  await Promise.all(Array.from({ length: READERS }, reader));
}

/** Reads a page of instances, then their roles. Throws when the instances cannot be read. */
export async function load(patch: Partial<Instances> = {}): Promise<void> {
  if (!client) return;
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  instances.set({ ...patch, loading: true, problem: undefined });
  const { filter, status, offset } = instances.value;
  try {
    const page = await client.listInstances({
      limit: PAGE,
      offset,
      ...(UUID.test(filter) ? { instanceId: filter.toLowerCase() } : filter && { name: filter }),
      ...(status && { status }),
      signal,
    });
    const old = new Map(instances.value.rows.map((row) => [row.id, row]));
    const rows = page.instances.map((info) => toRow(info, old.get(info.instance_id)));
    instances.set({ rows, total: page.instance_num, loading: false });
    announce(t("list.refreshed", { n: rows.length }));
    void readAllRoles(rows, signal);
  } catch (error) {
    if (signal.aborted) return;
    instances.set({ loading: false, problem: await describe(error) });
    throw error;
  }
}

/** The same for a control of the page: the store tells of a failure. */
export function reload(patch: Partial<Instances> = {}): void {
  load(patch).catch(() => undefined);
}
