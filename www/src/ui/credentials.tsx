import { useState } from "preact/hooks";
import { type Key, t } from "../i18n/index.ts";
import type { Secrets } from "../state/session.ts";
import type { Kind } from "../state/target.ts";
import { Field, Segments } from "./common.tsx";

const KINDS = [
  ["key", "connect.kind.key"],
  ["temporary", "connect.kind.temporary"],
  ["token", "connect.kind.token"],
  ["signer", "connect.kind.signer"],
] as const;
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

/** Takes what was typed out of the page. */
export function takeSecrets(element: HTMLFormElement, kind: Kind): Secrets {
  const secrets: Secrets = {};
  for (const [name] of SECRETS[kind]) {
    const input = element.elements.namedItem(name);
    if (input instanceof HTMLInputElement) secrets[name] = input.value.trim();
  }
  return secrets;
}

export function emptySecrets(element: HTMLFormElement): void {
  for (const input of element.querySelectorAll<HTMLInputElement>("[data-secret]")) input.value = "";
}

/** Who calls: the kind of credentials, and the credentials. */
export function Who(props: {
  kind: Kind;
  onKind: (kind: Kind) => void;
  /** The signer's address is no secret: it is remembered. */
  signerUrl: string;
  onSignerUrl: (url: string) => void;
  invalid?: string;
}) {
  const { kind, onKind, invalid } = props;
  const [typed, setTyped] = useState(false);
  return (
    <section aria-labelledby="who">
      <header class="part">
        <h2 id="who">{t("connect.who")}</h2>
        <Segments
          legend="connect.kind"
          name="kind"
          value={kind}
          options={KINDS}
          onChange={onKind}
        />
      </header>
      {/* A field of another kind is another element: nothing that was typed goes over. */}
      <div key={kind} class="fields" onInput={() => setTyped(true)}>
        {SECRETS[kind].map(([name, label, secret, hint]) => (
          <SecretInput
            key={name}
            name={name}
            label={label}
            hint={hint}
            secret={secret}
            {...(name === "signerUrl" && {
              value: props.signerUrl,
              onValue: props.onSignerUrl,
            })}
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
  value?: string;
  onValue?: (value: string) => void;
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
            {...(props.onValue
              ? {
                  value: props.value,
                  onInput: (event: { currentTarget: HTMLInputElement }) =>
                    props.onValue?.(event.currentTarget.value),
                }
              : { "data-secret": true })}
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
