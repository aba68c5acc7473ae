import { useState } from "preact/hooks";
import { type Key, clock, t } from "../i18n/index.ts";
import { type Call, calls, isSwap } from "../state/recorder.ts";
import { credential, session } from "../state/session.ts";
import { settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { curl } from "../signing/curl.ts";
import { type Part, partsOf } from "../signing/parts.ts";
import { Breakable, CopyButton } from "./common.tsx";

/** The request inspector: what was sent, how it was signed, what each part is. */
export function RequestsView() {
  useStore(settings);
  const { list: all } = useStore(calls);
  const [chosen, setChosen] = useState<number>();
  const [operation, setOperation] = useState("");
  const list = operation ? all.filter((call) => call.operation === operation) : all;
  // What was chosen stays, however many come after it.
  const shown = all.find((call) => call.id === chosen) ?? list[0];
  const operations = [...new Set(all.map((call) => call.operation))].sort();
  return (
    <main id="content" class="requests" tabIndex={-1}>
      <section class="log" aria-labelledby="log-title">
        <h1 id="log-title">{t("requests.title")}</h1>
        {all.length === 0 ? (
          <p class="quiet-text">{t("requests.none")}</p>
        ) : (
          <select
            aria-label={t("requests.filter")}
            value={operation}
            onChange={(event) => setOperation(event.currentTarget.value)}
          >
            <option value="">{t("requests.anyOperation", { n: all.length })}</option>
            {operations.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <ul role="list" aria-label={t("requests.list")}>
          {list.map((call) => (
            <li key={call.id}>
              <LogLine call={call} current={call === shown} onChoose={() => setChosen(call.id)} />
            </li>
          ))}
        </ul>
      </section>
      {shown && <Inspector key={shown.id} call={shown} />}
    </main>
  );
}

function statusOf(call: Call): { text: string; tone: string } {
  if (call.state === "waiting") return { text: t("requests.pending"), tone: "wait" };
  if (call.status === undefined) return { text: t("requests.noAnswer"), tone: "bad" };
  return { text: String(call.status), tone: call.status < 400 ? "ok" : "bad" };
}

function LogLine(props: { call: Call; current: boolean; onChoose: () => void }) {
  const { call } = props;
  const { text, tone } = statusOf(call);
  return (
    <button
      type="button"
      class={isSwap(call.operation) ? "line swap" : "line"}
      aria-current={props.current ? "true" : undefined}
      onClick={props.onChoose}
    >
      <time>{clock(call.startedAt)}</time>
      <span class="operation">
        <Breakable text={call.operation} />
      </span>
      <span class={`status ${tone}`}>{text}</span>
      <span class="took">
        {call.elapsedMs === undefined ? "" : `${Math.round(call.elapsedMs)} ms`}
      </span>
    </button>
  );
}

function Inspector({ call }: { call: Call }) {
  const [active, setActive] = useState<Part>();
  const parts = partsOf(call);
  const show = { active, onActive: setActive };
  return (
    <article class="inspector" aria-labelledby="inspected">
      <header>
        <h2 id="inspected">
          <Breakable text={call.operation} />
        </h2>
        {call.requestId && (
          <p>
            {t("requests.id")} <code>{call.requestId}</code>{" "}
            <CopyButton text={() => call.requestId ?? ""} label="requests.copy" />
          </p>
        )}
      </header>
      {call.sentUrl !== call.url && <p class="note">{t("requests.via", { url: call.sentUrl })}</p>}
      <Verdict call={call} />
      <p class="explanation" id="explanation" aria-live="off">
        {active ? t(active.explain) : t("requests.point")}
      </p>
      <div class="forms">
        <Form title="requests.request" name="request" {...show}>
          <div class="first">
            {parts.request.map((part) => (
              <Piece key={part.link} part={part} {...show} />
            ))}
          </div>
          <dl>
            {parts.headers.map(({ name, part }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Piece part={part} {...show} />
                </dd>
              </div>
            ))}
          </dl>
        </Form>
        {parts.canonical.length > 0 && (
          <Form title="requests.canonical" name="canonical" {...show}>
            <Lines parts={parts.canonical} {...show} />
          </Form>
        )}
        {parts.stringToSign.length > 0 && (
          <Form title="requests.sts" name="sts" {...show}>
            <Lines parts={parts.stringToSign} {...show} />
          </Form>
        )}
        {parts.authorization.length > 0 && (
          <Form title="requests.authorization" name="authorization" {...show}>
            <Lines parts={parts.authorization} {...show} />
          </Form>
        )}
      </div>
      <Answer call={call} />
      <Curl call={call} />
    </article>
  );
}

/** What came back: status, headers, body. */
function Answer({ call }: { call: Call }) {
  const { answer, answerHeaders } = call;
  return (
    <section class="answer" aria-labelledby="answer-title">
      <header>
        <h3 id="answer-title">{t("requests.answer")}</h3>
        <span class={`status ${statusOf(call).tone}`}>{statusOf(call).text}</span>
        {answer && <CopyButton text={() => answer.text} label="requests.copy" />}
      </header>
      {call.state === "failed" && <p class="quiet-text">{t("requests.noAnswerText")}</p>}
      {answerHeaders && (
        <dl class="headers">
          {answerHeaders.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {answer && (
        <pre tabIndex={0} aria-label={t("requests.body")}>
          {answer.text || t("requests.empty")}
        </pre>
      )}
      {answer?.cutFrom && <p class="hint">{t("requests.cut", { n: answer.cutFrom })}</p>}
    </section>
  );
}

/** How the signature came about, and whether the parts really give it. */
function Verdict({ call }: { call: Call }) {
  if (call.proof === "server") return <p class="note">{t("requests.server")}</p>;
  if (call.proof === "token") return <p class="note">{t("requests.token")}</p>;
  if (call.proof === "remote") return <p class="note">{t("requests.remote")}</p>;
  if (call.matches === undefined) return null;
  return (
    <p class={call.matches ? "note good" : "note warn"}>
      {t(call.matches ? "requests.matches" : "requests.differs")}
    </p>
  );
}

interface Shown {
  active: Part | undefined;
  onActive: (part: Part | undefined) => void;
}

/** Which whole form a part stands for: the hash for the canonical request, the signature for the string to sign. */
const WHOLE: Record<string, string> = { hash: "canonical", signature: "sts" };

function Form(props: Shown & { title: Key; name: string; children: preact.ComponentChildren }) {
  const lit = props.active && WHOLE[props.active.link] === props.name;
  return (
    <section class={lit ? "form lit" : "form"} aria-label={t(props.title)}>
      <h3>{t(props.title)}</h3>
      <div class="text">{props.children}</div>
    </section>
  );
}

function Lines({ parts, ...show }: Shown & { parts: Part[] }) {
  return (
    <ol role="list">
      {parts.map((part) => (
        <li key={part.link}>
          <Piece part={part} {...show} />
        </li>
      ))}
    </ol>
  );
}

function Piece({ part, active, onActive }: Shown & { part: Part }) {
  const classes = ["piece", active?.link === part.link && "lit", part.hidden && "hidden-secret"];
  return (
    <button
      type="button"
      class={classes.filter(Boolean).join(" ")}
      aria-describedby="explanation"
      onMouseEnter={() => onActive(part)}
      onFocus={() => onActive(part)}
    >
      {part.text || t("requests.empty")}
      {part.hidden && <span class="sr-only"> ({t("requests.hidden")})</span>}
    </button>
  );
}

function Curl({ call }: { call: Call }) {
  useStore(session);
  const [reveal, setReveal] = useState(false);
  const key = credential();
  const signs = call.proof === "key";
  const signed = reveal && signs && key ? key : undefined;
  const text = curl(call, signed);
  return (
    <section class="curl" aria-labelledby="curl-title">
      <header>
        <h3 id="curl-title">{t("requests.curl")}</h3>
        {signs && key && (
          <label class="check">
            <input
              type="checkbox"
              checked={reveal}
              onChange={(event) => setReveal(event.currentTarget.checked)}
            />
            {t("requests.curlReveal")}
          </label>
        )}
        <CopyButton text={() => text} label="requests.copy" />
      </header>
      {signed && (
        <p class="note warn" role="status">
          {t("requests.curlWarn")} {isSwap(call.operation) && t("requests.curlSwap")}
        </p>
      )}
      {signs && !key && <p class="hint">{t("requests.curlGone")}</p>}
      <pre tabIndex={0}>{text}</pre>
    </section>
  );
}
