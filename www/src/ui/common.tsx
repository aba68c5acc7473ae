import { type ComponentChildren, Fragment } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Key, has, t } from "../i18n/index.ts";
import { statusWord } from "../i18n/status.ts";
import { FIELDS, type Problem } from "../state/problem.ts";
import { copy } from "./files.ts";

export function CopyButton({ text, label }: { text: () => string; label: Key }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onClick = async () => {
    setCopied(await copy(text()));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <button type="button" class="quiet" onClick={onClick}>
      <span aria-live="polite">{copied ? t("report.copied") : t(label)}</span>
    </button>
  );
}

interface FieldProps {
  label: Key;
  hint?: Key;
  wide?: boolean;
  children: (ids: { id: string; describedBy: string | undefined }) => ComponentChildren;
}

export function Field({ label, hint, wide, children }: FieldProps) {
  const id = useId();
  return (
    <div class={wide ? "field wide" : "field"}>
      <label for={id}>{t(label)}</label>
      {children({ id, describedBy: hint && `${id}-hint` })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {t(hint)}
        </p>
      )}
    </div>
  );
}

/** A choice of a few, as radio buttons that look like one control. */
export function Segments<T extends string>(props: {
  legend: Key;
  name: string;
  value: T;
  options: readonly (readonly [T, Key])[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset class="segments">
      <legend class="sr-only">{t(props.legend)}</legend>
      {props.options.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name={props.name}
            value={value}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          <span>{t(label)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A status of the service: in the language of the page, with the service's own word beside it. */
export function Status({ value, of = "status" }: { value: string; of?: "status" | "job" }) {
  const word = statusWord(value, of);
  const good = value === "RUNNING" || value === "SUCCESS";
  const bad = value === "FAIL" || value === "ERROR" || value === "CREATEFAILED";
  return (
    <span class={`status ${good ? "ok" : bad ? "bad" : ""}`}>
      {word && <span class="word">{word}</span>} {value}
    </span>
  );
}

/** A dialog: the browser gives it the keyboard while it is open, and gives it back. */
export function Dialog(props: {
  labelledBy: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => ref.current?.showModal(), []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={props.labelledBy}
      onClose={props.onClose}
      onClick={(event) => event.target === ref.current && ref.current?.close()}
    >
      <div class="dialog-body">{props.children}</div>
    </dialog>
  );
}

/** What became of the swap, in words. */
export function outcomeText(outcome: string): string {
  const key = `outcome.${outcome}`;
  return has(key) ? t(key) : outcome;
}

/** An identifier that may break between its words, and nowhere else. */
export function Breakable({ text }: { text: string }) {
  const words = text.split(/(?<=[a-z])(?=[A-Z])/);
  return (
    <>
      {words.map((word, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {word}
        </Fragment>
      ))}
    </>
  );
}

export function ProblemCard(props: { problem: Problem; title: Key; onDismiss?: () => void }) {
  const { problem, title, onDismiss } = props;
  const { said, field, encodedAuthorizationMessage: encoded } = problem;
  const label = field && FIELDS[field];
  const rows: [Key, string | undefined][] = [
    ["error.host", problem.host],
    ["error.code", problem.code],
    ["error.http", problem.httpStatusCode?.toString()],
    ["error.requestId", problem.requestId],
    ["error.outcome", problem.outcome && outcomeText(problem.outcome)],
    ["error.published", problem.published === problem.message ? undefined : problem.published],
  ];
  return (
    <section class="problem" role="alert">
      <header>
        <h3>{t(title)}</h3>
        {onDismiss && (
          <button type="button" class="quiet" onClick={onDismiss}>
            {t("error.dismiss")}
          </button>
        )}
      </header>
      {said && (
        <p class="said">{t(said.key, { ...said.values, ...(label && { field: t(label) }) })}</p>
      )}
      <p class="message" lang="en">
        {problem.message}
      </p>
      <dl class="facts">
        {rows.map(([key, value]) => value && <Fact key={key} label={key} value={value} />)}
        {encoded && (
          <Fact
            label="error.encoded"
            value={<CopyButton text={() => encoded} label="requests.copy" />}
          />
        )}
      </dl>
      <p class="remedy">
        <strong>{t("error.do")}</strong> {t(problem.remedy)}
      </p>
    </section>
  );
}

export function Fact({ label, value }: { label: Key; value: ComponentChildren }) {
  return (
    <div>
      <dt>{t(label)}</dt>
      <dd>{value}</dd>
    </div>
  );
}
