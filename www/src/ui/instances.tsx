import { t } from "../i18n/index.ts";
import { href, route } from "../route.ts";
import { fleet } from "../state/fleet.ts";
import { readShown, shown } from "../state/shown.ts";
import { useStore } from "../state/store.ts";
import { ProblemCard } from "./common.tsx";
import { List } from "./list.tsx";
import { Stage } from "./stage.tsx";

/** The list, and the one instance that the address names. Nothing is shown that nobody chose. */
export function InstancesView() {
  const { instanceId, unusable } = useStore(route);
  const chosen = instanceId ?? unusable;
  return (
    <main id="content" class={chosen ? "split chosen" : "split"} tabIndex={-1}>
      <List shownId={instanceId} />
      <Beside unusable={unusable} />
    </main>
  );
}

function Beside({ unusable }: { unusable?: string }) {
  const { id, state, problem } = useStore(shown);
  const row = useStore(fleet).known[id ?? ""];
  if (row && state === "ready") return <Stage key={row.id} row={row} />;
  const name = id ?? unusable ?? "";
  return (
    <section class="stage empty" aria-labelledby={name ? "stage-title" : undefined}>
      {name && (
        <>
          <a class="back" href={href("instances")}>
            ← {t("list.back")}
          </a>
          <h2 id="stage-title" tabIndex={-1}>
            <code>{name}</code>
          </h2>
        </>
      )}
      {state === "none" && !unusable && <p class="quiet-text">{t("stage.select")}</p>}
      {state === "loading" && (
        <p class="quiet-text" role="status">
          {t("stage.loading")}
        </p>
      )}
      {state === "unknown" && (
        <div class="note warn" role="alert">
          <p>
            <strong>{t(unusable ? "stage.noId" : "stage.unknown")}</strong>
          </p>
          <p>{t(unusable ? "stage.noIdText" : "stage.unknownText")}</p>
        </div>
      )}
      {state === "failed" && problem && (
        <>
          <ProblemCard problem={problem} title="stage.failed" />
          <p>
            <button type="button" onClick={readShown}>
              {t("stage.again")}
            </button>
          </p>
        </>
      )}
    </section>
  );
}
