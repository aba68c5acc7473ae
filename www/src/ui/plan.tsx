import { useRef, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { refusalText } from "../i18n/status.ts";
import { href } from "../route.ts";
import { valuesOf, zonesOf } from "../state/choice.ts";
import { fleet } from "../state/fleet.ts";
import {
  type Aim,
  type Line,
  forgetPlan,
  holdPlan,
  makePlan,
  plan,
  planReport,
  startPlan,
  toSwap,
} from "../state/plan.ts";
import { runs } from "../state/runs.ts";
import { settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { keyHere } from "../state/switchover.ts";
import { Dialog } from "./common.tsx";
import { download } from "./files.ts";
import { Cell, Table } from "./table.tsx";

/** Many at once: first what would happen to each, then, confirmed, what does. */
export function PlanView() {
  useStore(settings);
  const { lines, stage, aim } = useStore(plan);
  const [asking, setAsking] = useState(false);
  return (
    <main id="content" class="page plan" tabIndex={-1}>
      <header>
        <a href={href("instances")}>← {t("list.back")}</a>
        <h1>{titleOf(aim)}</h1>
      </header>
      {stage === "none" ? (
        <p class="quiet-text">{t("plan.none")}</p>
      ) : (
        <>
          <Options />
          <Summary lines={lines} />
          <Buttons onStart={() => setAsking(true)} />
          <Lines lines={lines} />
        </>
      )}
      {asking && <ConfirmAll onClose={() => setAsking(false)} />}
    </main>
  );
}

function titleOf(aim: Aim): string {
  if (aim.kind === "swap") return t("plan.title");
  return t(aim.kind === "away" ? "plan.titleAway" : "plan.titleInto", { zone: aim.zone });
}

/** Where the masters shall be, how many at once, and whether a failure ends it. */
function Options() {
  const { lines, stage, aim, concurrency, stopOnFailure } = useStore(plan);
  const { known } = useStore(fleet);
  const fixed = stage === "running" || stage === "done";
  const zones = valuesOf(known, zonesOf);
  const value = aim.kind === "swap" ? "swap" : `${aim.kind}:${aim.zone}`;
  const replan = (chosen: string) => {
    const [kind = "swap", zone = ""] = chosen.split(":");
    const aim = kind === "swap" ? { kind } : { kind, zone };
    void makePlan(
      lines.map((line) => line.id),
      aim as Aim,
    );
  };
  return (
    <div class="plan-options">
      <label>
        <span>{t("plan.aim")}</span>
        <select
          value={value}
          disabled={fixed}
          onChange={(event) => replan(event.currentTarget.value)}
        >
          <option value="swap">{t("plan.aimSwap")}</option>
          {zones.map((zone) => (
            <option key={`away:${zone}`} value={`away:${zone}`}>
              {t("plan.aimAway", { zone })}
            </option>
          ))}
          {zones.map((zone) => (
            <option key={`into:${zone}`} value={`into:${zone}`}>
              {t("plan.aimInto", { zone })}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t("plan.concurrency")}</span>
        <select
          value={concurrency}
          disabled={fixed}
          onChange={(event) => plan.set({ concurrency: Number(event.currentTarget.value) })}
        >
          {[1, 2, 4, 8].map((n) => (
            <option key={n}>{n}</option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={stopOnFailure}
          disabled={stage === "done"}
          onChange={(event) => plan.set({ stopOnFailure: event.currentTarget.checked })}
        />
        {t("plan.stopOnFailure")}
      </label>
    </div>
  );
}

/** Numbers of what would be, or of what came of it. */
function Summary({ lines }: { lines: Line[] }) {
  const { stage } = useStore(plan);
  const count = (of: (line: Line) => unknown) => lines.filter(of).length;
  const planned = {
    total: lines.length,
    checking: count((line) => line.state === "checking"),
    swap: toSwap(lines).length,
    already: count((line) => line.plan?.result === "already"),
    not: count((line) => line.problem || line.unsettled || line.plan?.result === "not_sent"),
  };
  const ended = {
    swapped: count(({ report, ending }) => report?.result === "swapped" && ending?.tone === "good"),
    failed: count((line) => line.report?.result === "not swapped"),
    unknown: count((line) => line.report?.result === "unknown"),
    running: count((line) => line.state === "running"),
    waiting: count((line) => line.state === "waiting"),
    skipped: count((line) => line.state === "skipped"),
  };
  const otherwise = count(
    ({ report, ending }) => report?.result === "swapped" && ending?.tone !== "good",
  );
  const left = count((line) => line.state === "left");
  const begun = stage === "running" || stage === "done";
  return (
    <p class="plan-summary" role="status">
      {stage === "checking" && `${t("plan.checking", planned)} `}
      {begun ? t("plan.ended", ended) : t("plan.planned", planned)}
      {otherwise > 0 && ` ${t("plan.otherwise", { n: otherwise })}`}
      {left > 0 && ` ${t("plan.leftCount", { n: left })}`}
    </p>
  );
}

function Buttons({ onStart }: { onStart: () => void }) {
  const { lines, stage } = useStore(plan);
  const n = toSwap(lines).length;
  return (
    <div class="actions">
      {stage === "running" ? (
        <button type="button" onClick={holdPlan}>
          {t("plan.hold")}
        </button>
      ) : stage === "done" ? (
        <button type="button" class="primary" onClick={save}>
          {t("plan.report")}
        </button>
      ) : (
        <button
          type="button"
          class="primary"
          disabled={stage !== "planned" || n === 0}
          onClick={onStart}
        >
          {t("plan.start", { n })}
        </button>
      )}
      {stage !== "done" && (
        <button type="button" class="quiet" disabled={stage === "checking"} onClick={save}>
          {t("plan.report")}
        </button>
      )}
      {stage !== "running" && (
        <a class="quiet end" href={href("instances")} onClick={forgetPlan}>
          {t("plan.discard")}
        </a>
      )}
    </div>
  );
}

const save = () => download("switchovers-plan.json", "application/json", planReport());

function Lines({ lines }: { lines: Line[] }) {
  const heads = (["instance", "master", "then", "would", "result"] as const).map((name) =>
    t(`plan.${name}`),
  );
  return (
    <Table label={t("plan.table")} heads={heads}>
      {lines.map((line) => (
        <Row key={line.id} line={line} />
      ))}
    </Table>
  );
}

function Row({ line }: { line: Line }) {
  const row = useStore(fleet).known[line.id];
  const { plan: made, problem } = line;
  const candidates = made?.candidates ?? [];
  return (
    <tr>
      <Cell head={t("plan.instance")}>
        <a href={href("instances", line.id)}>{row?.name ?? line.id}</a>
      </Cell>
      <Cell head={t("plan.master")}>
        {made?.master ? <NodeText ip={made.master.ip} zone={made.master.azCode} /> : "–"}
      </Cell>
      <Cell head={t("plan.then")}>
        {made?.result === "swap" ? (
          <>
            {candidates.length > 1 && <small>{t("plan.oneOf")}</small>}
            {candidates.map((node) => (
              <NodeText key={node.nodeId} ip={node.ip} zone={node.azCode} />
            ))}
          </>
        ) : (
          "–"
        )}
      </Cell>
      <Cell head={t("plan.would")}>
        <Would line={line} />
        {made?.result === "not_sent" && (
          <small>{row?.refusal ? refusalText(row.refusal) : <q lang="en">{made.reason}</q>}</small>
        )}
        {line.unsettled && <small>{t("plan.unsettled")}</small>}
        {problem && <small>{problem.message}</small>}
      </Cell>
      <Cell head={t("plan.result")}>
        <Result line={line} />
      </Cell>
    </tr>
  );
}

function NodeText({ ip, zone }: { ip?: string; zone?: string }) {
  return (
    <span class="master-cell">
      <code>{ip ?? "–"}</code> {zone}
    </span>
  );
}

function Would({ line }: { line: Line }) {
  if (line.state === "checking") return <span class="quiet-text">{t("plan.reading")}</span>;
  if (line.unsettled) return <span class="tag bad">{t("plan.not")}</span>;
  if (line.plan?.result === "swap") return <span class="tag good">{t("plan.swap")}</span>;
  if (line.plan?.result === "already") return <span class="tag">{t("plan.already")}</span>;
  return <span class="tag bad">{t("plan.not")}</span>;
}

function Result({ line }: { line: Line }) {
  const run = useStore(runs).byKey[keyHere(line.id)];
  const { ending } = line;
  if (ending) return <span class={`tag ${ending.tone}`}>{t(ending.title)}</span>;
  const phase = line.state === "running" && run?.stretches.at(-1)?.phase;
  if (phase) return <span class="quiet-text">{t(`phase.${phase}`)}</span>;
  if (line.state === "waiting") return <span class="quiet-text">{t("plan.waiting")}</span>;
  if (line.state === "left") return <span class="tag open">{t("plan.left")}</span>;
  if (line.state === "skipped") return <span class="tag open">{t("plan.skipped")}</span>;
  return <>–</>;
}

/** The step between the plan and the swaps. */
function ConfirmAll({ onClose }: { onClose: () => void }) {
  const { lines, concurrency, stopOnFailure } = useStore(plan);
  const go = useRef(false);
  const n = toSwap(lines).length;
  const close = (event: Event, answer: boolean) => {
    go.current = answer;
    (event.currentTarget as HTMLElement).closest("dialog")?.close();
  };
  return (
    <Dialog
      labelledBy="confirm-all"
      onClose={() => {
        onClose();
        if (go.current) void startPlan();
      }}
    >
      <h2 id="confirm-all">{n === 1 ? t("plan.confirmSingle") : t("plan.confirm", { n })}</h2>
      <ul class="consequences">
        <li>{t("plan.confirmOne", { n: concurrency })}</li>
        <li>{t(stopOnFailure ? "plan.confirmStop" : "plan.confirmGoOn")}</li>
        <li>{t("plan.confirmMoved")}</li>
        {(["one", "two", "four"] as const).map((name) => (
          <li key={name}>{t(`confirm.${name}`)}</li>
        ))}
      </ul>
      <div class="actions">
        <button type="button" autofocus onClick={(event) => close(event, false)}>
          {t("confirm.cancel")}
        </button>
        <button type="button" class="danger" onClick={(event) => close(event, true)}>
          {t("plan.go", { n })}
        </button>
      </div>
    </Dialog>
  );
}
