import type { Key } from "../i18n/index.ts";
import { t } from "../i18n/index.ts";
import { Dialog } from "./common.tsx";

const KEYS: [string[], Key][] = [
  [["/"], "help.filter"],
  [["r"], "help.refresh"],
  [["↑", "↓", "j", "k"], "help.move"],
  [["Enter"], "help.open"],
  [["s"], "help.swap"],
  [["x"], "help.tick"],
  [["Esc"], "help.back"],
  [["1", "2", "3"], "help.views"],
  [["?"], "help.help"],
];

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog labelledBy="help-title" onClose={onClose}>
      <h2 id="help-title">{t("help.title")}</h2>
      <dl class="keys">
        {KEYS.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog" class="actions">
        <button>{t("help.close")}</button>
      </form>
    </Dialog>
  );
}
