import { useEffect, useState } from "preact/hooks";
import { clock, seconds, t } from "../i18n/index.ts";
import { href, route } from "../route.ts";
import { endingOf } from "../state/ending.ts";
import { type Run, type Told, runs, sawEnd } from "../state/runs.ts";
import { session } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { look, resume } from "../state/switchover.ts";
import { keyOf, placeOf } from "../state/target.ts";

/** The switchovers under way, and those whose end nobody has looked at yet: of this tab and of the others, in every view. */
export function Strip() {
  const { byKey, others } = useStore(runs);
  const mine = Object.values(byKey).filter((run) => run.running || !run.seen);
  const theirs = others.filter((one) => !byKey[one.key]?.running);
  useLookedAt();
  // What a tab followed that is gone is followed here, if this one is connected to the same place.
  const { connected } = useStore(session);
  const silent = theirs.filter((one) => one.silent).length;
  useEffect(() => (connected && silent > 0 ? resume() : look()), [connected, silent]);
  return (
    <section class="strip" aria-label={t("strip.label")} hidden={mine.length + theirs.length === 0}>
      <ul role="list">
        {mine.map((run) => (
          <Mine key={run.key} run={run} />
        ))}
        {theirs.map((one) => (
          <Theirs key={one.key} one={one} />
        ))}
      </ul>
    </section>
  );
}

/** Whoever has an instance before their eyes has looked at the end of its switchover. */
function useLookedAt(): void {
  const { byKey, others } = useStore(runs);
  const { view, instanceId } = useStore(route);
  const { connected, target } = useStore(session);
  const key = connected && view === "instances" && instanceId ? keyOf(target, instanceId) : "";
  const run = byKey[key];
  const ended = run
    ? !run.running && !run.seen
    : others.some((one) => one.key === key && !one.running);
  useEffect(() => {
    if (!ended) return undefined;
    const see = () => {
      if (!document.hidden) sawEnd(key);
    };
    see();
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [ended, key]);
}

/** Milliseconds since a moment of the page's clock, moving while it runs. */
export function useElapsed(since: number, running: boolean, every = 100): number {
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(performance.now()), every);
    return () => clearInterval(timer);
  }, [running, every]);
  return Math.max(0, now - since);
}

function Mine({ run }: { run: Run }) {
  const elapsed = useElapsed(run.since, run.running, 1_000);
  const ending = run.report && endingOf(run.report, run);
  const phase = run.stretches.at(-1)?.phase;
  const jobFailed = run.running && run.job?.status === "FAIL";
  return (
    <li class={`on-strip ${ending?.tone ?? (jobFailed ? "bad" : "now")}`}>
      <a href={href("instances", run.instanceId)}>{run.name}</a>
      <span class="what">
        {ending
          ? t(ending.title)
          : jobFailed
            ? t("strip.jobFailed")
            : t("strip.phase", { phase: phase ? t(`phase.${phase}`) : "…" })}
      </span>
      <span class="where">{placeOf(run.target)}</span>
      <span class="time">{seconds(run.report?.durationMs ?? elapsed, 0)}</span>
      {ending && <Dismiss keyOfRun={run.key} name={run.name} />}
    </li>
  );
}

function Theirs({ one }: { one: Told }) {
  const since = performance.now() - (Date.now() - one.startedAt);
  const elapsed = useElapsed(since, one.running && !one.silent, 1_000);
  return (
    <li class={`on-strip ${one.tone ?? "now"}`}>
      <a href={href("instances", one.instanceId)}>{one.name}</a>
      <span class="what">
        {one.title
          ? t(one.title)
          : one.silent
            ? t("strip.silent")
            : t("strip.phase", { phase: one.phase ? t(`phase.${one.phase}`) : "…" })}
      </span>
      <span class="tag">{t("strip.other")}</span>
      <span class="where">{one.place}</span>
      <span class="time">
        {one.silent ? clock(one.startedAt) : seconds(one.durationMs ?? elapsed, 0)}
      </span>
      {(one.title || one.silent) && <Dismiss keyOfRun={one.key} name={one.name} />}
    </li>
  );
}

function Dismiss({ keyOfRun, name }: { keyOfRun: string; name: string }) {
  return (
    <button
      type="button"
      class="quiet"
      aria-label={t("strip.dismiss", { name })}
      onClick={() => sawEnd(keyOfRun)}
    >
      ×
    </button>
  );
}
