import { useState } from "preact/hooks";
import { clock, t } from "../i18n/index.ts";
import { href } from "../route.ts";
import { type Row, readRoles } from "../state/instances.ts";
import { modeKey } from "../state/nodes.ts";
import { useStore } from "../state/store.ts";
import { type Run, runs, stopFollowing, swap } from "../state/switchover.ts";
import { CopyButton, Fact } from "./common.tsx";
import { Confirm } from "./confirm.tsx";
import { Picture } from "./picture.tsx";
import { Report } from "./report.tsx";
import { Timeline } from "./timeline.tsx";

/** One instance: its nodes, the switchover, what came of it. */
export function Stage({ row }: { row: Row }) {
  const run = useStore(runs).byInstance[row.id];
  const [asking, setAsking] = useState(false);
  const nodes = row.nodes ?? run?.report?.after ?? run?.before;
  return (
    <section class="stage" aria-labelledby="stage-title">
      <a class="back" href={href("instances")}>
        ← {t("list.back")}
      </a>
      <header>
        <h2 id="stage-title" tabIndex={-1}>
          {row.name}
        </h2>
        <span class={`status ${row.info.status === "RUNNING" ? "ok" : ""}`}>{row.info.status}</span>
      </header>
      <About row={row} />
      {nodes && nodes.length > 0 && (
        <Picture name={row.name} ip={row.info.ip} nodes={nodes} moving={isMoving(run)} />
      )}
      <Actions row={row} run={run} onSwap={() => setAsking(true)} />
      {run && <Timeline run={run} />}
      {run?.report && <Report run={run} report={run.report} />}
      {asking && (
        <Confirm
          row={row}
          onClose={(go) => {
            setAsking(false);
            if (!go) return;
            void swap(row.id);
            // The button that had the focus is gone.
            document.getElementById("stage-title")?.focus();
          }}
        />
      )}
    </section>
  );
}

/** From the moment the swap leaves until the roles are known. */
function isMoving(run: Run | undefined): boolean {
  const phase = run?.stretches.at(-1)?.phase;
  return run?.running === true && phase !== "check";
}

function About({ row }: { row: Row }) {
  const { info } = row;
  const address = info.ip && `${info.ip}:${info.port ?? 6379}`;
  return (
    <dl class="facts about">
      <Fact
        label="stage.id"
        value={
          <>
            <code>{row.id}</code> <CopyButton text={() => row.id} label="requests.copy" />
          </>
        }
      />
      <Fact label="list.mode" value={t(modeKey(row.mode))} />
      {info.engine && (
        <Fact label="stage.engine" value={`${info.engine} ${info.engine_version ?? ""}`} />
      )}
      {address && <Fact label="stage.address" value={<code>{address}</code>} />}
    </dl>
  );
}

function Actions({ row, run, onSwap }: { row: Row; run: Run | undefined; onSwap: () => void }) {
  if (run?.running) {
    return (
      <div class="actions running">
        <button type="button" aria-describedby="stop-hint" onClick={() => stopFollowing(row.id)}>
          {t("stage.stop")}
        </button>
        <p id="stop-hint" class="hint">
          {t("stage.stopHint")}
        </p>
      </div>
    );
  }
  const { refusal } = row;
  return (
    <div class="actions">
      {refusal ? (
        <p class="refusal">
          <strong>{t("stage.cannot")}</strong> {t(refusal.key, refusal.values)}
        </p>
      ) : (
        <button type="button" class="primary" onClick={onSwap}>
          {t("stage.swap")}
        </button>
      )}
      {row.nodes && (
        <button type="button" onClick={() => void readRoles(row.id)}>
          {t("stage.roles")}
        </button>
      )}
      {row.rolesAt && <p class="hint">{t("stage.rolesRead", { time: clock(row.rolesAt) })}</p>}
    </div>
  );
}
