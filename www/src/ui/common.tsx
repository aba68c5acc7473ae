import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Key, has, t } from "../i18n/index.ts";
import type { Problem } from "../state/problem.ts";
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

export function ProblemCard(props: { problem: Problem; title: Key; onDismiss?: () => void }) {
  const { problem, title, onDismiss } = props;
  const rows: [Key, string | undefined][] = [
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
      <p class="message">{problem.message}</p>
      <dl class="facts">
        {rows.map(([key, value]) => value && <Fact key={key} label={key} value={value} />)}
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
