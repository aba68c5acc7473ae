import { useEffect, useState } from "preact/hooks";
import { t } from "./i18n/index.ts";
import { route } from "./route.ts";
import { announcements } from "./state/announce.ts";
import { session } from "./state/session.ts";
import { settings } from "./state/settings.ts";
import { useStore } from "./state/store.ts";
import { Connect } from "./ui/connect.tsx";
import { Header } from "./ui/header.tsx";
import { Help } from "./ui/help.tsx";
import { useShortcuts } from "./ui/shortcuts.ts";
import { InstancesView } from "./ui/instances.tsx";
import { Later } from "./ui/later.tsx";
import { Strip } from "./ui/strip.tsx";

type Loading = "loading" | "ready" | "failed";

/** In the build of the playground: the cloud is in the page. */
const playground =
  import.meta.env.MODE === "playground"
    ? () => import("./playground/playground.tsx").then((module) => module.Playground)
    : undefined;

/** Views that most visits never open come in chunks of their own. */
const requestsView = () => import("./ui/requests.tsx").then((module) => module.RequestsView);
const historyView = () => import("./ui/history.tsx").then((module) => module.HistoryView);
const planView = () => import("./ui/plan.tsx").then((module) => module.PlanView);

export function App({ ready }: { ready: Promise<void> }) {
  useStore(settings);
  const { connected } = useStore(session);
  const { view, instanceId, entry } = useStore(route);
  const [loading, setLoading] = useState<Loading>("loading");
  const [help, setHelp] = useState(false);
  useEffect(() => {
    ready.then(
      () => setLoading("ready"),
      () => setLoading("failed"),
    );
  }, [ready]);
  useEffect(() => scrollTo(0, 0), [view, instanceId, entry, connected]);
  useEffect(() => {
    // The button that had the focus is gone; an instance that the address names has taken it already.
    const lost = document.activeElement === document.body;
    if (connected && lost) document.getElementById("content")?.focus({ preventScroll: true });
  }, [connected]);
  useShortcuts(() => setHelp(true));
  return (
    <>
      <a class="skip" href="#content" onClick={toContent}>
        {t("app.skip")}
      </a>
      <Header onHelp={() => setHelp(true)} />
      {!playground && <Offline />}
      <Strip />
      {playground && loading === "ready" && <Later key="playground" load={playground} />}
      {loading !== "ready" ? (
        <Loader failed={loading === "failed"} />
      ) : view === "requests" ? (
        <Later key="requests" load={requestsView} />
      ) : view === "history" ? (
        <Later key="history" load={historyView} />
      ) : !connected ? (
        !playground && <Connect />
      ) : view === "plan" ? (
        <Later key="plan" load={planView} />
      ) : (
        <InstancesView />
      )}
      {help && <Help onClose={() => setHelp(false)} />}
      <LiveRegions />
    </>
  );
}

/** A jump that leaves the address alone: it names the view. */
function toContent(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function Loader({ failed }: { failed: boolean }) {
  return (
    <main id="content" class="loader" tabIndex={-1}>
      <p role={failed ? "alert" : "status"}>{t(failed ? "app.loadFailed" : "app.loading")}</p>
      {failed && (
        <button type="button" onClick={() => location.reload()}>
          {t("app.reload")}
        </button>
      )}
    </main>
  );
}

function Offline() {
  const [offline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return (
    <div role="status" class="offline-region">
      {offline && <p class="banner">{t("offline.note")}</p>}
    </div>
  );
}

/** There from the beginning, because a region that comes with its text is not read. */
function LiveRegions() {
  const { polite, urgent } = useStore(announcements);
  return (
    <div class="sr-only">
      <div role="log" aria-label={t("said.label")}>
        {polite.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
      <p role="alert">{urgent}</p>
    </div>
  );
}
