import { init } from "huaweicloud-dcs";
import { render } from "preact";
import { App } from "./app.tsx";
import { watchRoute } from "./route.ts";
import { watchIdleness } from "./state/session.ts";
import { settings } from "./state/settings.ts";
import { isRunning } from "./state/switchover.ts";
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
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
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

const ready = init();
await speak(settings.value.language);
applySettings();
settings.subscribe(applySettings);
watchRoute();
watchIdleness();
addEventListener("beforeunload", (event) => {
  if (isRunning()) event.preventDefault();
});
const root = document.getElementById("app");
if (root) render(<App ready={ready} />, root);
// After what the page needs itself.
ready.then(keepOffline, () => undefined);
