import { useEffect, useRef, useState } from "preact/hooks";
import { clock, t } from "../i18n/index.ts";
import { refusalText } from "../i18n/status.ts";
import { href } from "../route.ts";
import { isDoubtful } from "../state/ending.ts";
import { type Row } from "../state/fleet.ts";
import { modeKey } from "../state/nodes.ts";
import { type Run, elsewhere, runs } from "../state/runs.ts";
import { session } from "../state/session.ts";
import { readShown } from "../state/shown.ts";
import { useStore } from "../state/store.ts";
import {
  type Wish,
  canFollow,
  discard,
  followAgain,
  keyHere,
  swap,
  wishOf,
} from "../state/switchover.ts";
import { CopyButton, Fact, Status } from "./common.tsx";
import { Confirm } from "./confirm.tsx";
import { Picture } from "./picture.tsx";
import { Progress } from "./progress.tsx";
import { Report } from "./report.tsx";
import { Timeline } from "./timeline.tsx";

/** One instance: its nodes, the switchover, what came of it. */
export function Stage({ row }: { row: Row }) {
  const { byKey, others } = useStore(runs);
  const key = keyHere(row.id);
  const run = byKey[key];
  const other = run?.running ? undefined : elsewhere(others, key);
  const [asking, setAsking] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useFocusOnArrival(title, row.id);
  useResultInSight(run);
  const nodes = row.nodes ?? run?.report?.after ?? run?.before;
  return (
    <section class="stage" aria-labelledby="stage-title">
      <a class="back" href={href("instances")}>
        ← {t("list.back")}
      </a>
      <header>
        <h2 id="stage-title" tabIndex={-1} ref={title}>
          {row.name}
        </h2>
        <Status value={row.info.status} />
      </header>
      {run?.running && <Progress run={run} />}
      {run?.report && <Report run={run} report={run.report} />}
      {other && <p class="note strong">{t("stage.otherTab")}</p>}
      <Actions row={row} run={run} elsewhere={other !== undefined} onSwap={() => setAsking(true)} />
      {nodes && nodes.length > 0 && (
        <Picture name={row.name} ip={row.info.ip} nodes={nodes} moving={isMoving(run)} />
      )}
      {run && <Timeline run={run} />}
      <About row={row} />
      {asking && (
        <Confirm
          row={row}
          run={run}
          onClose={(confirmed) => {
            setAsking(false);
            if (!confirmed) return;
            void begin(row.id, run, wishOf(confirmed));
            // The button that had the focus is gone.
            title.current?.focus();
          }}
        />
      )}
    </section>
  );
}

/** A swap after a doubt: whoever confirmed it has taken the first for settled. */
async function begin(id: string, run: Run | undefined, wish: Wish): Promise<void> {
  if (run && isDoubtful(run)) await discard(run);
  await swap(id, wish);
}

/** Whoever opens an instance is at its title: the swap is one Tab away. */
function useFocusOnArrival(title: { current: HTMLElement | null }, id: string): void {
  useEffect(() => {
    const at = document.activeElement;
    const byLink = at instanceof HTMLAnchorElement && at.hash.endsWith(id);
    if (byLink || at === document.body || at?.id === "content") {
      title.current?.focus({ preventScroll: true });
    }
  }, [title, id]);
}

/** The result is under the title: it is brought into sight, and the focus that was on what is gone comes to it. */
function useResultInSight(run: Run | undefined): void {
  const was = useRef(run?.running);
  const running = run?.running;
  useEffect(() => {
    if (was.current && running === false) {
      const at = document.activeElement;
      const free = at === document.body || at?.id === "stage-title" || at?.id === "content";
      if (free) document.getElementById("report-title")?.focus({ preventScroll: true });
      document.getElementById("stage-title")?.scrollIntoView({ block: "nearest" });
    }
    was.current = running;
  }, [running]);
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

interface ActionsProps {
  row: Row;
  run: Run | undefined;
  elsewhere: boolean;
  onSwap: () => void;
}

/** What can be done now. While a switchover runs, and while its end is in doubt, a swap is not the first thing to do. */
function Actions({ row, run, elsewhere, onSwap }: ActionsProps) {
  const { readOnly } = useStore(session);
  if (run?.running || elsewhere) return null;
  const doubtful = isDoubtful(run);
  const follow = run && canFollow(run) && run.report?.result === "unknown";
  const { refusal } = row;
  return (
    <div class="actions">
      {follow && (
        <button type="button" class="primary" onClick={() => void followAgain(run.key)}>
          {t("stage.follow")}
        </button>
      )}
      {doubtful && <ReadRoles primary={!follow} />}
      {readOnly ? (
        <p class="refusal">{t("why.readOnly")}</p>
      ) : refusal ? (
        <p class="refusal">
          <strong>{t("stage.cannot")}</strong> {refusalText(refusal)}
        </p>
      ) : (
        <button
          type="button"
          class={doubtful ? "quiet end" : run?.report ? "" : "primary"}
          aria-keyshortcuts="s"
          data-swap
          onClick={onSwap}
        >
          {t(doubtful ? "stage.swapAgain" : "stage.swap")}
        </button>
      )}
      {!doubtful && <ReadRoles primary={false} />}
      {row.rolesAt && <p class="hint">{t("stage.rolesRead", { time: clock(row.rolesAt) })}</p>}
    </div>
  );
}

function ReadRoles({ primary }: { primary: boolean }) {
  return (
    <button type="button" class={primary ? "primary" : ""} onClick={readShown}>
      {t("stage.roles")}
    </button>
  );
}
