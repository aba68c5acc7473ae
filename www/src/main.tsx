import { init } from "huaweicloud-dcs";
import { render } from "preact";
import { App } from "./app.tsx";
import { watchRoute } from "./route.ts";
import { forgetChoice } from "./state/choice.ts";
import { patchRow, watchFleet } from "./state/fleet.ts";
import { watchHistory } from "./state/history.ts";
import { watchPlan } from "./state/plan.ts";
import { watchSigner } from "./state/problem.ts";
import { isRunning, runAt, watchTabs } from "./state/runs.ts";
import { session, signerFailure, watchIdleness } from "./state/session.ts";
import { settings } from "./state/settings.ts";
import { watchShown } from "./state/shown.ts";
import { keyHere, look } from "./state/switchover.ts";
import { speak, t } from "./i18n/index.ts";

/** What stands outside the drawn part follows the settings. */
function applySettings(): void {
  const { language, theme } = settings.value;
  const root = document.documentElement;
  root.lang = language === "zh" ? "zh-CN" : "en";
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  document.title = t("app.title");
}

/** Keeps the page's files, so that it opens without a network. */
function keepOffline(): void {
  if (import.meta.env.MODE !== "production" || !("serviceWorker" in navigator)) return;
  const url = new URL("sw.js", document.baseURI).href;
  const { trustedTypes } = window as unknown as { trustedTypes?: TrustedTypes };
  // The one URL of a script that this page makes; the policy of the page allows this name alone.
  const policy = trustedTypes?.createPolicy("dcs-console", { createScriptURL: (text) => text });
  const trusted = (policy?.createScriptURL(url) ?? url) as string;
  navigator.serviceWorker.register(trusted).catch(() => undefined);
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (text: string) => string },
  ): { createScriptURL: (text: string) => unknown };
}

/** Draws the page once the texts of its language are there. */
async function begin(): Promise<void> {
  const ready = init();
  await speak(settings.value.language);
  applySettings();
  settings.subscribe(applySettings);
  watchRoute();
  watchIdleness();
  watchFleet();
  watchHistory();
  watchPlan();
  watchSigner(signerFailure);
  watchShown((id) => runAt(keyHere(id))?.running === true);
  watchTabs(({ key, instanceId, after }) => {
    // Another tab has swapped: this one must not go on showing the roles of before.
    if (after && key === keyHere(instanceId))
      patchRow(instanceId, { nodes: after, rolesAt: Date.now() });
  });
  session.subscribe(() => {
    if (!session.value.connected) forgetChoice();
  });
  // The other tabs need a moment to say what they follow.
  setTimeout(look, 300);
  addEventListener("beforeunload", (event) => {
    if (isRunning()) event.preventDefault();
  });
  const root = document.getElementById("app");
  if (root) render(<App ready={ready} />, root);
  // After what the page needs itself.
  ready.then(keepOffline, () => undefined);
}

void begin();
