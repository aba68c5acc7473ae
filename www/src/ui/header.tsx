import { useEffect, useState } from "preact/hooks";
import { speak, t } from "../i18n/index.ts";
import { href, route } from "../route.ts";
import { announce } from "../state/announce.ts";
import { calls } from "../state/recorder.ts";
import { history } from "../state/history.ts";
import { type Session, clear, session } from "../state/session.ts";
import { type Language, type Theme, choose, settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { runs } from "../state/runs.ts";
import { placeOf } from "../state/target.ts";
import { Glyph } from "./glyph.tsx";

export function Header({ onHelp }: { onHelp: () => void }) {
  const current = useStore(session);
  return (
    <header class="bar">
      <a class="brand" href={href("instances")}>
        <Glyph />
        <span>
          <strong>{t("app.brand")}</strong> <small>{t("app.product")}</small>
        </span>
      </a>
      <Views />
      {current.connected && <SessionChip session={current} />}
      <div class="choices">
        <LanguageChoice />
        <ThemeChoice />
        <button type="button" class="quiet round" aria-label={t("nav.help")} onClick={onHelp}>
          ?
        </button>
      </div>
    </header>
  );
}

function Views() {
  const { view } = useStore(route);
  const counts = {
    instances: undefined,
    requests: useStore(calls).list.length,
    history: useStore(history).entries.length,
  };
  return (
    <nav class="views" aria-label={t("nav.label")}>
      {(["instances", "requests", "history"] as const).map((name) => (
        <a
          key={name}
          href={href(name)}
          aria-current={name === (view === "plan" ? "instances" : view) ? "page" : undefined}
        >
          {t(`nav.${name}`)}
          {counts[name] ? <span class="count">{counts[name]}</span> : null}
        </a>
      ))}
    </nav>
  );
}

function SessionChip({ session }: { session: Session }) {
  const { projectId = session.target.projectId } = session;
  const who =
    session.kind === "token"
      ? t("session.token")
      : session.kind === "signer"
        ? t("session.signer")
        : session.kind === "server"
          ? session.who || t("session.server")
          : session.who;
  return (
    <div class="session">
      <span class="where">{placeOf(session.target)}</span>
      {projectId && (
        <span class="project" title={projectId}>
          <span class="sr-only">{t("connect.project")} </span>
          {projectId.slice(0, 8)}…
        </span>
      )}
      <span class="who">
        <span class="sr-only">{t("session.as")} </span>
        {who}
      </span>
      <Countdown until={session.wipesAt} />
      <button type="button" onClick={() => clear("asked")}>
        {t(session.kind === "server" ? "session.leave" : "session.clear")}
      </button>
    </div>
  );
}

/** How long credentials are kept if nobody does anything. Read aloud once, a minute before. */
function Countdown({ until }: { until: number }) {
  const running = Object.values(useStore(runs).byKey).some((run) => run.running);
  const [left, setLeft] = useState(until - Date.now());
  useEffect(() => {
    const look = () => setLeft(until - Date.now());
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [until]);
  const soon = left < 60_000;
  useEffect(() => {
    if (soon && settings.value.idleMinutes > 1) announce(t("session.soon"), true);
  }, [soon]);
  if (running) return null;
  const whole = Math.max(0, Math.ceil(left / 1_000));
  const time = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  return (
    <span class={soon ? "wipes soon" : "wipes"} role="timer" aria-live="off">
      {t("session.wipesIn", { time })}
    </span>
  );
}

function LanguageChoice() {
  const { language } = useStore(settings);
  const button = (value: Language, text: string, lang: string) => (
    <button
      type="button"
      lang={lang}
      aria-pressed={language === value}
      onClick={() => {
        // The texts first: what is drawn with the new setting is in the new language.
        speak(value).then(
          () => choose({ language: value }),
          () => undefined,
        );
      }}
    >
      {text}
    </button>
  );
  return (
    <div class="toggle" role="group" aria-label={t("lang.label")}>
      {button("en", "EN", "en")}
      {button("zh", "中文", "zh-CN")}
    </div>
  );
}

function ThemeChoice() {
  const { theme } = useStore(settings);
  return (
    <select
      aria-label={t("theme.label")}
      name="theme"
      value={theme}
      onChange={(event) => choose({ theme: event.currentTarget.value as Theme })}
    >
      {(["auto", "light", "dark"] as const).map((name) => (
        <option key={name} value={name}>
          {t(`theme.${name}`)}
        </option>
      ))}
    </select>
  );
}
