import { useState } from "preact/hooks";
import { href } from "../route.ts";
import { session } from "../state/session.ts";
import { settings } from "../state/settings.ts";
import { useStore } from "../state/store.ts";
import { Glyph } from "../ui/glyph.tsx";
import { type Mishap, choose, mishaps, start } from "./cloud.ts";
import { texts } from "./texts.ts";
import "./playground.css";

/** In the place of the form that asks for credentials: one button. Once connected, what may happen to a swap. */
export function Playground() {
  const { connected } = useStore(session);
  return connected ? <Choice /> : <Start />;
}

function Start() {
  const say = texts[useStore(settings).language];
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const begin = async () => {
    if (busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const id = await start();
      // An address that names something is where somebody wants to be.
      if (!/^#\/\w+/.test(location.hash)) location.hash = href("instances", id);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <main id="content" class="connect" tabIndex={-1}>
      <section class="welcome">
        <Glyph class="poster" />
        <h1>{say.title}</h1>
      </section>
      <section class="card">
        <p class="lead">{say.lead}</p>
        <p>{say.next}</p>
        {failure && (
          <p class="note warn" role="alert">
            {say.failed.replace("{why}", failure)}
          </p>
        )}
        <div class="submit">
          <button
            type="button"
            class="primary"
            data-start
            aria-disabled={busy}
            onClick={() => void begin()}
          >
            {busy ? say.starting : say.start}
          </button>
          <a href="../index.html">{say.docs}</a>
        </div>
      </section>
    </main>
  );
}

function Choice() {
  const say = texts[useStore(settings).language];
  return (
    <div class="playground">
      <span>{say.strip}</span>
      <label>
        <span>{say.mishap}</span>
        <select
          name="mishap"
          onChange={(event) => void choose(event.currentTarget.value as Mishap)}
        >
          {mishaps.map((name) => (
            <option key={name} value={name}>
              {say[name]}
            </option>
          ))}
        </select>
      </label>
      <a href="../index.html">{say.docs}</a>
    </div>
  );
}
