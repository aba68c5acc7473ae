import { useEffect, useRef, useState } from "preact/hooks";
import type { Algorithm } from "huaweicloud-dcs";
import { type Key, clock, t } from "../i18n/index.ts";
import type { Pending } from "../state/pending.ts";
import { type Problem, describe } from "../state/problem.ts";
import { type Kind, type Target, connect, session } from "../state/session.ts";
import { IDLE_CHOICES, choose, settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { forget, left, resume } from "../state/switchover.ts";
import { Field, ProblemCard, Segments } from "./common.tsx";
import { type EmulatorConfig, findEmulator } from "./emulator.ts";
import { Who, emptySecrets, takeSecrets } from "./credentials.tsx";
import { Glyph } from "./glyph.tsx";
import { RegionBox } from "./region-box.tsx";

type Place = "region" | "endpoint";

/** What is not secret of the form, and so may live in state. */
interface Form {
  place: Place;
  kind: Kind;
  region: string;
  endpoint: string;
  iamEndpoint: string;
  projectId: string;
  via: string;
  algorithm: Algorithm;
}

const PLACES = [
  ["region", "connect.byRegion"],
  ["endpoint", "connect.byEndpoint"],
] as const;
const ALGORITHMS: Algorithm[] = ["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"];

function firstForm(): Form {
  const { target, kind } = session.value;
  const [kept] = left.value.pending;
  const endpoint = kept?.endpoint ?? target.endpoint ?? "";
  return {
    place: endpoint ? "endpoint" : "region",
    kind,
    region: kept?.region ?? target.region ?? (endpoint ? "" : "cn-north-4"),
    endpoint,
    iamEndpoint: target.iamEndpoint ?? "",
    projectId: target.projectId ?? "",
    via: target.via ?? "",
    algorithm: target.algorithm,
  };
}

function targetOf(form: Form): Target {
  const byEndpoint = form.place === "endpoint";
  const text = (value: string) => value.trim() || undefined;
  return {
    region: text(form.region),
    endpoint: byEndpoint ? text(form.endpoint) : undefined,
    iamEndpoint: byEndpoint ? text(form.iamEndpoint) : undefined,
    projectId: text(form.projectId),
    via: text(form.via),
    algorithm: form.algorithm,
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
  const change = (patch: Partial<Form>) => setForm((old) => ({ ...old, ...patch }));

  const onSubmit = async (event: Event) => {
    event.preventDefault();
    const typed = element.current;
    if (busy || !typed) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await connect(form.kind, targetOf(form), takeSecrets(typed, form.kind));
      emptySecrets(typed);
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
          <Interrupted key={one.instanceId} pending={one} />
        ))}
        {cleared && (
          <p class="note" role="status">
            {cleared === "idle"
              ? t("connect.clearedIdle", { n: settings.value.idleMinutes })
              : t("connect.cleared")}
          </p>
        )}
        <EmulatorOffer form={element} change={change} />
        <Where form={form} change={change} />
        <Who kind={form.kind} onKind={(kind) => change({ kind })} invalid={problem?.field} />
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
          instance: pending.instanceId,
          time: clock(pending.startedAt),
          phase: t(`phase.${pending.phase}`),
        })}
      </p>
      <p>{t("resume.connect")}</p>
      <button type="button" class="quiet" onClick={() => forget(pending.instanceId)}>
        {t("resume.forget")}
      </button>
    </section>
  );
}

type PartProps = { form: Form; change: (patch: Partial<Form>) => void };

function EmulatorOffer(props: {
  form: { current: HTMLFormElement | null };
  change: PartProps["change"];
}) {
  const [config, setConfig] = useState<EmulatorConfig>();
  useEffect(() => void findEmulator().then(setConfig), []);
  if (!config) return null;
  const fill = () => {
    const { origin } = location;
    const { region } = config;
    props.change({ place: "endpoint", kind: "key", endpoint: origin, iamEndpoint: origin, region });
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

/** A text field of the form that is not secret. */
function Text(
  props: PartProps & { name: keyof Form; label: Key; hint?: Key; type?: "url"; wide?: boolean },
) {
  const { name, form, change } = props;
  return (
    <Field label={props.label} hint={props.hint} wide={props.wide}>
      {({ id, describedBy }) => (
        <input
          id={id}
          name={name}
          inputMode={props.type}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={describedBy}
          value={form[name]}
          onInput={(event) => change({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

function Where({ form, change }: PartProps) {
  const cannotAsk = form.kind === "signer" || form.via !== "";
  const project = cannotAsk ? "connect.projectNeeded" : "connect.projectHint";
  const opened = cannotAsk || form.projectId !== "" || form.algorithm !== "SDK-HMAC-SHA256";
  const both = { form, change };
  return (
    <section aria-labelledby="where">
      <header class="part">
        <h2 id="where">{t("connect.where")}</h2>
        <Segments
          legend="connect.where"
          name="place"
          value={form.place}
          options={PLACES}
          onChange={(place) => change({ place })}
        />
      </header>
      <div class="fields">
        {form.place === "region" ? (
          <RegionBox value={form.region} onChange={(region) => change({ region })} />
        ) : (
          <>
            <Text
              {...both}
              name="endpoint"
              label="connect.endpoint"
              hint="connect.endpointHint"
              type="url"
              wide
            />
            <Text
              {...both}
              name="region"
              label="connect.endpointRegion"
              hint="connect.endpointRegionHint"
            />
            <Text
              {...both}
              name="iamEndpoint"
              label="connect.iam"
              hint="connect.iamHint"
              type="url"
            />
          </>
        )}
      </div>
      <details open={opened}>
        <summary>{t("connect.more")}</summary>
        <div class="fields">
          <Text {...both} name="via" label="connect.via" hint="connect.viaHint" wide />
          <Text {...both} name="projectId" label="connect.project" hint={project} />
          <Field label="connect.algorithm">
            {({ id }) => (
              <select
                id={id}
                name="algorithm"
                value={form.algorithm}
                onChange={(event) => change({ algorithm: event.currentTarget.value as Algorithm })}
              >
                {ALGORITHMS.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </Field>
        </div>
      </details>
    </section>
  );
}

function IdleChoice() {
  return (
    <label class="idle">
      <span>{t("connect.idle")}</span>
      <select
        name="idle"
        value={settings.value.idleMinutes}
        onChange={(event) => choose({ idleMinutes: Number(event.currentTarget.value) })}
      >
        {IDLE_CHOICES.map((n) => (
          <option key={n} value={n}>
            {t("unit.minutes", { n })}
          </option>
        ))}
      </select>
      <span>{t("connect.idleHint")}</span>
    </label>
  );
}
