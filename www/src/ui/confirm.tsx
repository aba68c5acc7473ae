import { useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import type { Row } from "../state/instances.ts";
import { masterOf, standbysOf } from "../state/nodes.ts";
import { Dialog } from "./common.tsx";

/** The step between the wish and the swap. */
export function Confirm({ row, onClose }: { row: Row; onClose: (go: boolean) => void }) {
  // `close` comes for every way out: what was meant is noted before.
  const go = useRef(false);
  const close = (event: Event, answer: boolean) => {
    go.current = answer;
    (event.currentTarget as HTMLElement).closest("dialog")?.close();
  };
  const master = masterOf(row.nodes);
  const standby = standbysOf(row.nodes).find((node) => node.status === "Active");
  return (
    <Dialog labelledBy="confirm-title" onClose={() => onClose(go.current)}>
      <h2 id="confirm-title">{t("confirm.title", { name: row.name })}</h2>
      <div class="exchange">
        <div class="master">
          <p>{t("confirm.now")}</p>
          <code>{master?.ip}</code> <span>{master?.azCode}</span>
        </div>
        <span class="arrow" aria-hidden="true" />
        <div class="standby">
          <p>{t("confirm.then")}</p>
          <code>{standby?.ip}</code> <span>{standby?.azCode}</span>
        </div>
      </div>
      <ul class="consequences">
        {(["one", "two", "three", "four"] as const).map((name) => (
          <li key={name}>{t(`confirm.${name}`)}</li>
        ))}
      </ul>
      <p class="sent">
        <span>{t("confirm.sent")}</span>
        <code>PUT …/instances/{row.id}/async-swap</code>
      </p>
      <div class="actions">
        <button type="button" autofocus onClick={(event) => close(event, false)}>
          {t("confirm.cancel")}
        </button>
        <button type="button" class="danger" onClick={(event) => close(event, true)}>
          {t("confirm.go")}
        </button>
      </div>
    </Dialog>
  );
}
