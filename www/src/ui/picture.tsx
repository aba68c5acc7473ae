import type { NodeRole } from "huaweicloud-dcs";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { inPlace, masterOf } from "../state/nodes.ts";

interface Props {
  name: string;
  ip: string | undefined;
  nodes: NodeRole[];
  /** The swap has left, and the new roles are not yet known. */
  moving: boolean;
}

/**
 * Nodes stand still, roles move: the line from the clients is set to the master, as points are set on a railway, and
 * the arrow of replication leads from it. While roles are in motion no line is set.
 */
export function Picture({ name, ip, nodes, moving }: Props) {
  const placed = inPlace(nodes);
  const master = placed.indexOf(masterOf(placed) ?? ({} as NodeRole));
  return (
    <figure class={moving ? "picture moving" : "picture"} aria-label={t("stage.picture", { name })}>
      <p class="clients">
        <span>{t("stage.clients")}</span> {ip && <code>{ip}</code>}
      </p>
      <Points count={placed.length} set={moving ? -1 : master} />
      <ol class="nodes" role="list" data-count={placed.length}>
        {placed.map((node) => (
          <Node key={node.nodeId} node={node} moving={moving} />
        ))}
        {placed.length === 2 && (
          <li
            class={master === 1 ? "replication reversed" : "replication"}
            aria-hidden="true"
            title={t("stage.replication")}
          >
            <Chevrons />
          </li>
        )}
      </ol>
      {moving && <p class="motion">{t("stage.moving")}</p>}
    </figure>
  );
}

function Node({ node, moving }: { node: NodeRole; moving: boolean }) {
  const active = node.status === "Active";
  return (
    <li class={`node ${node.role}`}>
      <p class="role">
        <span class="lamp" aria-hidden="true" />
        {t(`role.${node.role}`)}
        {moving && <span class="asking" aria-hidden="true" />}
      </p>
      <p class="ip">{node.ip ?? "–"}</p>
      {node.azCode && <p class="zone">{node.azCode}</p>}
      <p class="state">
        <span class={active ? "status ok" : "status"}>
          {node.status ? t(active ? "node.active" : "node.inactive") : "–"}
        </span>
        <code title={t("node.id", { id: node.nodeId })}>…{node.nodeId.slice(-6)}</code>
      </p>
    </li>
  );
}

/** The lines from the clients to each node. The one that is set is drawn over the others, and drains when it is not. */
function Points({ count, set }: { count: number; set: number }) {
  const ref = useRef<SVGSVGElement>(null);
  const [{ width, height }, setSize] = useState({ width: 400, height: 96 });
  useLayoutEffect(() => {
    const svg = ref.current;
    if (!svg) return undefined;
    const observer = new ResizeObserver(() => {
      // Hidden, it has no size: then the last one is as good.
      const { clientWidth: width, clientHeight: height } = svg;
      if (width > 0 && height > 0) setSize({ width, height });
    });
    observer.observe(svg);
    return () => observer.disconnect();
  }, []);
  const middle = width / 2;
  const line = (index: number) => {
    const x = ((index + 0.5) / count) * width;
    return `M${middle} 0V${height * 0.25}C${middle} ${height * 0.7} ${x} ${height * 0.42} ${x} ${height}`;
  };
  const indices = Array.from({ length: count }, (_, index) => index);
  return (
    <svg ref={ref} class="points" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {indices.map((index) => (
        <path key={index} class="track" d={line(index)} />
      ))}
      {indices.map((index) => (
        <path
          key={`set-${index}`}
          class={index === set ? "track set" : "track unset"}
          pathLength={1}
          d={line(index)}
        />
      ))}
      <circle class="pivot" cx={middle} cy={height * 0.25} r={5} />
    </svg>
  );
}

function Chevrons() {
  return (
    <svg viewBox="0 0 60 24" aria-hidden="true">
      <path class="rail" d="M2 12H54" />
      <path class="head" d="M48 6l7 6-7 6" />
      {[0, 1, 2].map((n) => (
        <circle key={n} class={`drop drop-${n}`} cx={4} cy={12} r={2.4} />
      ))}
    </svg>
  );
}
