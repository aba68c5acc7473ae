import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";

/** A view that is loaded when it is first opened. */
export function Later({ load }: { load: () => Promise<FunctionComponent> }) {
  const [loaded, setLoaded] = useState<{ View: FunctionComponent }>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (View) => setLoaded({ View }),
      () => setFailed(true),
    );
  }, [load]);
  if (loaded) return <loaded.View />;
  return (
    <main id="content" class="loader" tabIndex={-1}>
      {failed && (
        <>
          <p role="alert">{t("app.loadFailed")}</p>
          <button type="button" onClick={() => location.reload()}>
            {t("app.reload")}
          </button>
        </>
      )}
    </main>
  );
}
