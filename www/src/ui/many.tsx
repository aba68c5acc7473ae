import { t } from "../i18n/index.ts";
import { href } from "../route.ts";
import { choice, tickAll, valuesOf, zonesOf } from "../state/choice.ts";
import { type Row, fleet } from "../state/fleet.ts";
import { inZone, makePlan, plan } from "../state/plan.ts";
import { session } from "../state/session.ts";
import { useStore } from "../state/store.ts";

/** Several at once: those that were ticked, all that match, or all whose master is in a zone. */
export function Many({ found }: { found: Row[] }) {
  const { ticked } = useStore(choice);
  const { known, ids } = useStore(fleet);
  const { stage } = useStore(plan);
  const { readOnly } = useStore(session);
  if (ids.length === 0 || readOnly) return null;
  const chosen = ids.filter((id) => ticked.has(id));
  const all = found.length > 0 && found.every((row) => ticked.has(row.id));
  const some = !all && found.some((row) => ticked.has(row.id));
  const busy = stage === "running";
  const open = (ids: string[], aim: Parameters<typeof makePlan>[1]) => {
    if (!busy) void makePlan(ids, aim);
    location.hash = href("plan");
  };
  return (
    <div class="many" role="group" aria-label={t("many.label")}>
      <label class="check">
        <input
          type="checkbox"
          checked={all}
          disabled={found.length === 0}
          ref={(input) => {
            if (input) input.indeterminate = some;
          }}
          onChange={(event) => {
            const { checked } = event.currentTarget;
            tickAll(
              found.map((row) => row.id),
              checked,
            );
          }}
        />
        {t("many.all", { n: found.length })}
      </label>
      {busy ? (
        <a href={href("plan")}>{t("many.running")}</a>
      ) : chosen.length > 0 ? (
        <button type="button" onClick={() => open(chosen, { kind: "swap" })}>
          {t("many.plan", { n: chosen.length })}
        </button>
      ) : (
        <select
          aria-label={t("many.evacuate")}
          value=""
          onChange={(event) => {
            const zone = event.currentTarget.value;
            if (zone) open(inZone(zone), { kind: "away", zone });
          }}
        >
          <option value="">{t("many.evacuate")}</option>
          {valuesOf(known, zonesOf).map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      )}
    </div>
  );
}
