import { type Key, t } from "../i18n/index.ts";
import type { BackEnd } from "../state/deploy.ts";
import { ALGORITHMS, type Connection } from "../state/target.ts";
import { Field, Segments } from "./common.tsx";
import { RegionBox } from "./region-box.tsx";

const PLACES = [
  ["server", "connect.byServer"],
  ["region", "connect.byRegion"],
  ["endpoint", "connect.byEndpoint"],
] as const;

interface Props {
  form: Connection;
  change: (patch: Partial<Connection>) => void;
}

/** Where calls go: to the page's own back end, to the service through a proxy, or to an endpoint. */
export function Where({ form, change, backEnd }: Props & { backEnd: BackEnd | undefined }) {
  const both = { form, change };
  return (
    <section aria-labelledby="where">
      <header class="part">
        <h2 id="where">{t("connect.where")}</h2>
        <Segments
          legend="connect.where"
          name="place"
          value={form.place}
          options={PLACES}
          onChange={(place) => change({ place })}
        />
      </header>
      <p class="hint">{t(`connect.about.${form.place}`)}</p>
      {form.place === "server" ? (
        <ServerFields {...both} backEnd={backEnd} />
      ) : form.place === "region" ? (
        <ProxyFields {...both} />
      ) : (
        <EndpointFields {...both} />
      )}
    </section>
  );
}

function ServerFields({ form, change, backEnd }: Props & { backEnd: BackEnd | undefined }) {
  const both = { form, change };
  return (
    <>
      <div class="fields">
        <Text {...both} name="server" label="connect.server" hint="connect.serverHint" />
        {backEnd && backEnd.regions.length > 0 ? (
          <Field label="connect.region">
            {({ id }) => (
              <select
                id={id}
                name="serverRegion"
                value={form.region}
                onChange={(event) => change({ region: event.currentTarget.value })}
              >
                {backEnd.regions.map((region) => (
                  <option key={region}>{region}</option>
                ))}
              </select>
            )}
          </Field>
        ) : (
          <RegionBox value={form.region} onChange={(region) => change({ region })} />
        )}
      </div>
      {backEnd && (
        <p class="note good" role="status">
          {backEnd.user
            ? t("connect.serverFound", { user: backEnd.user })
            : t("connect.serverFoundAny")}{" "}
          {backEnd.readOnly && t("why.readOnly")}
        </p>
      )}
    </>
  );
}

function ProxyFields({ form, change }: Props) {
  const both = { form, change };
  return (
    <>
      <div class="fields">
        <RegionBox value={form.region} onChange={(region) => change({ region })} />
        <Text {...both} name="projectId" label="connect.project" hint="connect.projectNeeded" />
        <Text {...both} name="via" label="connect.via" hint="connect.viaHint" wide />
      </div>
      <details open={form.algorithm !== "SDK-HMAC-SHA256"}>
        <summary>{t("connect.algorithm")}</summary>
        <Algorithm {...both} />
      </details>
    </>
  );
}

function EndpointFields({ form, change }: Props) {
  const both = { form, change };
  const cannotAsk = form.kind === "signer" || form.via !== "";
  const project = cannotAsk ? "connect.projectNeeded" : "connect.projectHint";
  const opened = cannotAsk || form.projectId !== "" || form.algorithm !== "SDK-HMAC-SHA256";
  return (
    <>
      <div class="fields">
        <Text {...both} name="endpoint" label="connect.endpoint" hint="connect.endpointHint" wide />
        <Text
          {...both}
          name="region"
          label="connect.endpointRegion"
          hint="connect.endpointRegionHint"
        />
        <Text {...both} name="iamEndpoint" label="connect.iam" hint="connect.iamHint" />
      </div>
      <details open={opened}>
        <summary>{t("connect.more")}</summary>
        <div class="fields">
          <Text {...both} name="via" label="connect.via" hint="connect.viaHint" wide />
          <Text {...both} name="projectId" label="connect.project" hint={project} />
          <Algorithm {...both} />
        </div>
      </details>
    </>
  );
}

function Algorithm({ form, change }: Props) {
  return (
    <Field label="connect.algorithm">
      {({ id }) => (
        <select
          id={id}
          name="algorithm"
          value={form.algorithm}
          onChange={(event) =>
            change({ algorithm: event.currentTarget.value as Connection["algorithm"] })
          }
        >
          {ALGORITHMS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A text field of the form that is not secret. */
function Text(props: Props & { name: keyof Connection; label: Key; hint?: Key; wide?: boolean }) {
  const { name, form, change } = props;
  return (
    <Field label={props.label} hint={props.hint} wide={props.wide}>
      {({ id, describedBy }) => (
        <input
          id={id}
          name={name}
          inputMode={name === "projectId" || name === "region" ? "text" : "url"}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={describedBy}
          value={form[name]}
          onInput={(event) => change({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}
