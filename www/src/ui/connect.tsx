import { useEffect, useRef, useState } from "preact/hooks";
import { clock, t } from "../i18n/index.ts";
import { type Deployment, type Preset, askBackEnd, findDeployment } from "../state/deploy.ts";
import type { Pending } from "../state/pending.ts";
import { type Problem, describe } from "../state/problem.ts";
import { connect, session } from "../state/session.ts";
import { IDLE_CHOICES, choose, settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { discard, left, resume } from "../state/switchover.ts";
import {
  type Connection,
  FIRST,
  placeOf,
  rememberConnection,
  remembered,
  targetOf,
} from "../state/target.ts";
import { ProblemCard } from "./common.tsx";
import { Who, emptySecrets, takeSecrets } from "./credentials.tsx";
import { type EmulatorConfig, findEmulator } from "./emulator.ts";
import { Glyph } from "./glyph.tsx";
import { Where } from "./where.tsx";

/** What was used last, or what an interrupted switchover needs. Secrets are never part of it. */
function firstForm(): Connection {
  const [kept] = left.value.pending;
  const target = kept?.target ?? session.value.target;
  const { algorithm, server = "", endpoint = "", region, iamEndpoint, projectId, via } = target;
  const known = server || endpoint || region;
  const place = server ? "server" : endpoint ? "endpoint" : "region";
  return {
    ...FIRST,
    ...remembered(),
    ...(known && {
      place,
      server: server || FIRST.server,
      endpoint,
      region: region ?? "",
      iamEndpoint: iamEndpoint ?? "",
      projectId: projectId ?? "",
      via: via ?? "",
      algorithm: algorithm ?? FIRST.algorithm,
    }),
  };
}

/** A field of the form that is wrong before anything is asked. */
function missing(form: Connection): Problem | undefined {
  const needed =
    form.place === "server" ? "server" : form.place === "endpoint" ? "endpoint" : "via";
  if (form[needed].trim()) return undefined;
  return {
    name: "InvalidArgumentError",
    message: `${needed} is missing`,
    said: { key: "error.missing" },
    code: "INVALID_ARGUMENT",
    field: needed,
    remedy: needed === "via" ? "remedy.via" : "remedy.argument",
  };
}

export function Connect() {
  useStore(settings);
  const { cleared } = useStore(session);
  const { pending } = useStore(left);
  const [form, setForm] = useState(firstForm);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const element = useRef<HTMLFormElement>(null);
  // What somebody has chosen is not chosen over by what is found later.
  const touched = useRef(false);
  const change = (patch: Partial<Connection>) => {
    touched.current = true;
    setForm((old) => ({ ...old, ...patch }));
  };
  const found = useDeployment((first) => {
    if (!touched.current) setForm((old) => ({ ...old, ...first }));
  });
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    const typed = element.current;
    if (busy || !typed) return;
    const wrong = missing(form);
    setProblem(wrong);
    if (wrong) return;
    setBusy(true);
    try {
      await open(form, typed);
      emptySecrets(typed);
      rememberConnection(form);
      resume();
    } catch (error) {
      setProblem(await describe(error));
      setBusy(false);
    }
  };
  return (
    <main id="content" class="connect" tabIndex={-1}>
      <Welcome />
      <form ref={element} class="card" onSubmit={onSubmit} autocomplete="off" noValidate>
        {pending.map((one) => (
          <Interrupted key={one.key} pending={one} />
        ))}
        {cleared && (
          <p class="note" role="status">
            {cleared === "idle"
              ? t("connect.clearedIdle", { n: settings.value.idleMinutes })
              : t("connect.cleared")}
          </p>
        )}
        <EmulatorOffer form={element} change={change} />
        <Presets presets={found?.presets ?? []} onChoose={change} />
        <Where form={form} change={change} backEnd={found?.backEnd} />
        {form.place !== "server" && (
          <Who
            kind={form.kind}
            onKind={(kind) => change({ kind })}
            signerUrl={form.signerUrl}
            onSignerUrl={(signerUrl) => change({ signerUrl })}
            invalid={problem?.field}
          />
        )}
        {problem && <ProblemCard problem={problem} title="connect.failed" />}
        <div class="submit">
          <button type="submit" class="primary" aria-disabled={busy}>
            {t(busy ? "connect.busy" : "connect.submit")}
          </button>
          <IdleChoice />
        </div>
      </form>
    </main>
  );
}

async function open(form: Connection, typed: HTMLFormElement): Promise<void> {
  const target = targetOf(form);
  if (form.place !== "server") return connect(form.kind, target, takeSecrets(typed, form.kind));
  const backEnd = await askBackEnd(form.server.trim());
  return connect("server", target, {}, backEnd);
}

/** What the page's place offers. A back end that is there is the first choice, unless something else was used last. */
function useDeployment(offer: (first: Partial<Connection>) => void) {
  const [found, setFound] = useState<Deployment>();
  useEffect(() => {
    void findDeployment().then((deployment) => {
      setFound(deployment);
      const { backEnd, presets } = deployment;
      const chosen = remembered().place ?? session.value.target.region;
      if (chosen) return;
      const [region = ""] = backEnd?.regions ?? [];
      const first = backEnd
        ? { place: "server" as const, server: backEnd.server, region }
        : (presets[0]?.connection ?? { place: "region" as const });
      offer(first);
    });
  }, []);
  return found;
}

function Presets(props: { presets: Preset[]; onChoose: (patch: Partial<Connection>) => void }) {
  if (props.presets.length === 0) return null;
  return (
    <div class="presets" role="group" aria-label={t("connect.presets")}>
      <span>{t("connect.presets")}</span>
      {props.presets.map(({ name, connection }) => (
        <button
          key={name}
          type="button"
          onClick={() => props.onChoose({ ...FIRST, ...connection })}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function Welcome() {
  const promises = ["memory", "once", "open"] as const;
  return (
    <section class="welcome">
      <Glyph class="poster" />
      <h1>{t("connect.title")}</h1>
      <p class="lead">{t("connect.lead")}</p>
      <dl>
        {promises.map((name) => (
          <div key={name}>
            <dt>{t(`connect.safe.${name}`)}</dt>
            <dd>{t(`connect.safe.${name}Text`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Interrupted({ pending }: { pending: Pending }) {
  return (
    <section class="note strong" role="status">
      <h2>{t("resume.title")}</h2>
      <p>
        {t("resume.text", {
          instance: pending.name,
          place: placeOf(pending.target),
          time: clock(pending.startedAt),
          phase: t(`phase.${pending.phase}`),
        })}
      </p>
      <p>{t("resume.connect")}</p>
      <button type="button" class="quiet" onClick={() => void discard(pending)}>
        {t("resume.forget")}
      </button>
    </section>
  );
}

function EmulatorOffer(props: {
  form: { current: HTMLFormElement | null };
  change: (patch: Partial<Connection>) => void;
}) {
  const [config, setConfig] = useState<EmulatorConfig>();
  useEffect(() => void findEmulator().then(setConfig), []);
  if (!config) return null;
  const fill = () => {
    const { origin } = location;
    const { region } = config;
    const here = { endpoint: origin, iamEndpoint: origin, region, via: "", projectId: "" };
    props.change({ place: "endpoint", kind: "key", ...here });
    // Once the fields of that kind are there.
    setTimeout(() => {
      const form = props.form.current;
      const set = (name: string, value: string) => {
        const input = form?.elements.namedItem(name);
        if (input instanceof HTMLInputElement) input.value = value;
      };
      set("ak", config.access_key);
      set("sk", config.secret_key);
      form?.querySelector<HTMLButtonElement>("[type=submit]")?.focus();
    });
  };
  return (
    <p class="note offer">
      {t("connect.emulator")}
      <button type="button" class="quiet" onClick={fill}>
        {t("connect.useEmulator")}
      </button>
    </p>
  );
}

function IdleChoice() {
  const choices = (
    <select
      name="idle"
      aria-label={t("connect.idle")}
      value={settings.value.idleMinutes}
      onChange={(event) => choose({ idleMinutes: Number(event.currentTarget.value) })}
    >
      {IDLE_CHOICES.map((n) => (
        <option key={n} value={n}>
          {t("unit.minutes", { n })}
        </option>
      ))}
    </select>
  );
  return (
    <label class="idle">
      <span>{t("connect.idleBefore")}</span>
      {choices}
      <span>{t("connect.idleAfter")}</span>
    </label>
  );
}
