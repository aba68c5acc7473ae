import { useEffect, useRef, useState } from "preact/hooks";
import type { Algorithm } from "huaweicloud-dcs";
import { type Key, clock, t } from "../i18n/index.ts";
import type { Pending } from "../state/pending.ts";
import { type Problem, describe } from "../state/problem.ts";
import { type Kind, type Secrets, type Target, connect, session } from "../state/session.ts";
import { IDLE_CHOICES, choose, settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { forget, left, resume } from "../state/switchover.ts";
import { Field, ProblemCard, Segments } from "./common.tsx";
import { type EmulatorConfig, findEmulator } from "./emulator.ts";
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

const KINDS = [
  ["key", "connect.kind.key"],
  ["temporary", "connect.kind.temporary"],
  ["token", "connect.kind.token"],
  ["signer", "connect.kind.signer"],
] as const;
const PLACES = [
  ["region", "connect.byRegion"],
  ["endpoint", "connect.byEndpoint"],
] as const;
const ALGORITHMS: Algorithm[] = ["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"];

/** Inputs that a secret, or what comes with it, is typed into. They are never drawn with a value. */
const SECRETS: Record<Kind, readonly (readonly [keyof Secrets, Key, secret: boolean, Key?])[]> = {
  key: [
    ["ak", "connect.ak", false],
    ["sk", "connect.sk", true],
  ],
  temporary: [
    ["ak", "connect.ak", false],
    ["sk", "connect.sk", true],
    ["securityToken", "connect.securityToken", true],
  ],
  token: [["token", "connect.token", true, "connect.tokenHint"]],
  signer: [["signerUrl", "connect.signer", false, "connect.signerHint"]],
};

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

/** Takes what was typed out of the page. */
function takeSecrets(element: HTMLFormElement, kind: Kind): Secrets {
  const secrets: Secrets = {};
  for (const [name] of SECRETS[kind]) {
    const input = element.elements.namedItem(name);
    if (input instanceof HTMLInputElement) secrets[name] = input.value.trim();
  }
  return secrets;
}

function emptySecrets(element: HTMLFormElement): void {
  for (const input of element.querySelectorAll<HTMLInputElement>("[data-secret]")) input.value = "";
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
        <Who form={form} change={change} invalid={problem?.field} />
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

function Who({ form, change, invalid }: PartProps & { invalid?: string }) {
  const [typed, setTyped] = useState(false);
  return (
    <section aria-labelledby="who">
      <header class="part">
        <h2 id="who">{t("connect.who")}</h2>
        <Segments
          legend="connect.kind"
          name="kind"
          value={form.kind}
          options={KINDS}
          onChange={(kind) => change({ kind })}
        />
      </header>
      <div class="fields" onInput={() => setTyped(true)}>
        {SECRETS[form.kind].map(([name, label, secret, hint]) => (
          <SecretInput
            key={name}
            name={name}
            label={label}
            hint={hint}
            secret={secret}
            invalid={invalid === `credentials.${name}`}
          />
        ))}
      </div>
      {typed && !isSecureContext && (
        <p class="note warn" role="alert">
          {t("connect.insecure")}
        </p>
      )}
    </section>
  );
}

/** An input whose value is never part of the page's state nor of its markup. */
function SecretInput(props: {
  name: string;
  label: Key;
  hint?: Key;
  secret: boolean;
  invalid: boolean;
}) {
  const [shown, setShown] = useState(false);
  const hidden = props.secret && !shown;
  const wide =
    props.name === "securityToken" || props.name === "token" || props.name === "signerUrl";
  return (
    <Field label={props.label} hint={props.hint} wide={wide}>
      {({ id, describedBy }) => (
        <div class="secret">
          <input
            id={id}
            name={props.name}
            {...(hidden ? { type: "password" as const } : { type: "text" as const })}
            data-secret
            autocomplete="off"
            data-1p-ignore
            data-lpignore="true"
            spellcheck={false}
            aria-invalid={props.invalid}
            aria-describedby={describedBy}
          />
          {props.secret && (
            <button
              type="button"
              class="quiet"
              aria-pressed={shown}
              aria-label={`${t(shown ? "connect.hide" : "connect.show")}: ${t(props.label)}`}
              onClick={() => setShown(!shown)}
            >
              {t(shown ? "connect.hide" : "connect.show")}
            </button>
          )}
        </div>
      )}
    </Field>
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
