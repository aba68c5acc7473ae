import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { refusalText } from "../i18n/status.ts";
import type { Plan } from "../state/core.ts";
import { endingOf, isDoubtful } from "../state/ending.ts";
import type { Row } from "../state/fleet.ts";
import { readInstance, readRoles } from "../state/fleet.ts";
import { type Problem, describe } from "../state/problem.ts";
import type { Run } from "../state/runs.ts";
import { client } from "../state/session.ts";
import { Dialog, ProblemCard } from "./common.tsx";

interface Props {
  row: Row;
  /** The switchover before this one, if the page knows of one. */
  run: Run | undefined;
  /** With what was shown, when the swap was confirmed. */
  onClose: (confirmed: Plan | undefined) => void;
}

/** Reads the roles anew: what is confirmed is what is, not what was. */
function usePlan(id: string): { plan?: Plan; problem?: Problem } {
  const [state, setState] = useState<{ plan?: Plan; problem?: Problem }>({});
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const read = async () => {
      const dcs = client();
      if (!dcs) return;
      try {
        const plan = await dcs.checkSwitchover({ instanceId: id, signal });
        if (!signal.aborted) setState({ plan });
        // The row says in words of the page why it cannot be.
        if (plan.result === "not_sent") {
          await readInstance(id, signal);
          await readRoles(id, signal);
        }
      } catch (error) {
        const problem = await describe(error);
        if (!signal.aborted) setState({ problem });
      }
    };
    void read();
    return () => stop.abort();
  }, [id]);
  return state;
}

/** The step between the wish and the swap. */
export function Confirm({ row, run, onClose }: Props) {
  const { plan, problem } = usePlan(row.id);
  const doubtful = isDoubtful(run) ? run : undefined;
  const [settled, setSettled] = useState(false);
  // `close` comes for every way out: what was meant is noted before.
  const go = useRef<Plan>(undefined);
  const close = (event: Event, confirmed: Plan | undefined) => {
    go.current = confirmed;
    (event.currentTarget as HTMLElement).closest("dialog")?.close();
  };
  const master = plan?.result === "swap" ? plan.master?.nodeId : undefined;
  const ready = master !== undefined && (!doubtful || settled);
  return (
    <Dialog labelledBy="confirm-title" onClose={() => onClose(go.current)}>
      <h2 id="confirm-title">{t("confirm.title", { name: row.name })}</h2>
      <div role="status" class="confirm-state">
        {plan ? (
          <Exchange plan={plan} row={row} />
        ) : problem ? (
          <ProblemCard problem={problem} title="confirm.unread" />
        ) : (
          <p class="quiet-text">{t("confirm.reading")}</p>
        )}
      </div>
      {doubtful?.report && master && (
        <div class="note warn">
          <p>
            <strong>
              {t("confirm.doubt", { title: t(endingOf(doubtful.report, doubtful).title) })}
            </strong>{" "}
            {endingOf(doubtful.report, doubtful)
              .text.map((key) => t(key))
              .join(" ")}
          </p>
          <label class="check">
            <input
              type="checkbox"
              checked={settled}
              onChange={(event) => setSettled(event.currentTarget.checked)}
            />
            {t("confirm.settled")}
          </label>
        </div>
      )}
      <ul class="consequences">
        {(["one", "two", "three", "four"] as const).map((name) => (
          <li key={name}>{t(`confirm.${name}`)}</li>
        ))}
      </ul>
      <p class="sent">
        <span>{t("confirm.sent")}</span>
        <code>PUT …/instances/{row.id}/async-swap</code>
      </p>
      <div class="actions">
        <button type="button" autofocus onClick={(event) => close(event, undefined)}>
          {t("confirm.cancel")}
        </button>
        <button
          type="button"
          class="danger"
          disabled={!ready}
          onClick={(event) => close(event, plan)}
        >
          {t("confirm.go")}
        </button>
      </div>
    </Dialog>
  );
}

/** Which node is master, and which takes over: the service chooses among several. */
function Exchange({ plan, row }: { plan: Plan; row: Row }) {
  const { master, candidates = [], result } = plan;
  if (result !== "swap" || !master) {
    return (
      <p class="refusal">
        <strong>{t("stage.cannot")}</strong>{" "}
        {row.refusal ? refusalText(row.refusal) : <q lang="en">{plan.reason}</q>}
      </p>
    );
  }
  return (
    <div class="exchange">
      <div class="master">
        <p>{t("confirm.now")}</p>
        <code>{master.ip ?? master.nodeId}</code> <span class="zone">{master.azCode}</span>
      </div>
      <span class="arrow" aria-hidden="true" />
      <div class="standby">
        <p>{t(candidates.length > 1 ? "confirm.oneOf" : "confirm.then")}</p>
        <ul role="list">
          {candidates.map((node) => (
            <li key={node.nodeId}>
              <code>{node.ip ?? node.nodeId}</code> <span class="zone">{node.azCode}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
