import type { InstanceInfo, ListGroupReplicationInfoResponse, NodeRole } from "huaweicloud-dcs";
import type { Key } from "../i18n/index.ts";

/** The modes that can be swapped. */
const SWAPPABLE = ["ha", "ha_rw_split"];
const MODES = ["single", "ha", "ha_rw_split", "cluster", "proxy"];

/** Why an instance cannot be swapped, as a text and what fills it in. */
export interface Refusal {
  key: Key;
  values?: Record<string, string | number>;
}

/** The mode; lists do not name it, but the second part of the specification does. */
export function modeOf(info: InstanceInfo): string | undefined {
  const mode = info.cache_mode ?? info.spec_code?.split(".")[1];
  return mode && MODES.includes(mode) ? mode : undefined;
}

export function modeKey(mode: string | undefined): Key {
  return mode ? (`mode.${mode}` as Key) : "mode.unknown";
}

/** Groups of nodes, as a report tells nodes. What is malformed is left out. */
export function readGroups(answer: unknown): NodeRole[][] {
  const { group_list: groups } = (answer ?? {}) as Partial<ListGroupReplicationInfoResponse>;
  if (!Array.isArray(groups)) return [];
  return groups.map(({ replication_list: nodes }) =>
    (Array.isArray(nodes) ? nodes : [])
      .filter(({ node_id: id, replication_role: role }) => id && /^(master|slave)$/.test(role))
      .map((node) => ({
        nodeId: node.node_id,
        role: node.replication_role,
        status: node.status,
        ip: node.replication_ip,
        azCode: node.az_code,
      })),
  );
}

export function masterOf(nodes: NodeRole[] | undefined): NodeRole | undefined {
  const masters = nodes?.filter((node) => node.role === "master") ?? [];
  return masters.length === 1 ? masters[0] : undefined;
}

export function standbysOf(nodes: NodeRole[] | undefined): NodeRole[] {
  return nodes?.filter((node) => node.role === "slave") ?? [];
}

/** By what does not change in a switchover, so that each node keeps its place in the picture. */
export function inPlace(nodes: NodeRole[]): NodeRole[] {
  return [...nodes].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
}

/** Why an instance cannot be swapped, before its roles are read. */
export function refusalOf(info: InstanceInfo): Refusal | undefined {
  if (info.status !== "RUNNING") return { key: "why.status", values: { status: info.status } };
  const mode = modeOf(info);
  if (!mode || SWAPPABLE.includes(mode)) return undefined;
  return { key: mode === "single" ? "why.single" : "why.cluster" };
}

/** Why it cannot be swapped, by its roles. */
export function refusalOfRoles(groups: NodeRole[][]): Refusal | undefined {
  const [nodes] = groups;
  if (groups.length !== 1 || !nodes) return { key: "why.groups", values: { n: groups.length } };
  if (!masterOf(nodes)) return { key: "why.master" };
  const active = standbysOf(nodes).some((node) => node.status === "Active");
  return active ? undefined : { key: "why.standby" };
}
