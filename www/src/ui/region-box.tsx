import { regions } from "huaweicloud-dcs";
import { useId, useRef, useState } from "preact/hooks";
import { locale, t } from "../i18n/index.ts";
import { PLACES } from "../i18n/places.ts";
import { Field } from "./common.tsx";

/** Lower case without accents, so that “Sao” finds São. */
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The place of a region in the language of the page. */
export function placeOf(id: string): string {
  return PLACES[id]?.[locale() === "zh-CN" ? 1 : 0] ?? "";
}

function matching(query: string): string[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return regions()
    .map((region) => region.id)
    .filter((id) => {
      const text = plain([id, ...(PLACES[id] ?? [])].join(" "));
      return words.every((word) => text.includes(word));
    });
}

/** A search box over all regions, by id and by place in either language. */
export function RegionBox({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const total = regions().length;
  // An unchanged choice shows all of them, so that one can look around.
  const found = matching(query === value ? "" : query);
  const at = Math.min(active, found.length - 1);

  const show = () => {
    if (open) return;
    setQuery(value);
    setActive(Math.max(0, matching("").indexOf(value)));
    setOpen(true);
  };
  const pick = (id: string | undefined) => {
    if (id) onChange(id);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!open) show();
      else setActive((at + (key === "ArrowDown" ? 1 : -1) + found.length) % found.length || 0);
    } else if (key === "Enter" && open) {
      event.preventDefault();
      pick(found[at]);
    } else if (key === "Escape" && open) {
      event.preventDefault();
      setOpen(false);
    }
  };
  return (
    <Field label="connect.region" hint="connect.regionHint">
      {({ id, describedBy }) => (
        <div class="combobox">
          <input
            ref={input}
            id={id}
            name="region"
            role="combobox"
            aria-expanded={open}
            aria-controls={list}
            aria-autocomplete="list"
            aria-describedby={describedBy}
            aria-activedescendant={open && found[at] ? `${list}-${found[at]}` : undefined}
            autocomplete="off"
            spellcheck={false}
            value={open ? query : value}
            onClick={show}
            onKeyDown={onKeyDown}
            onBlur={() => {
              // An id that was typed in full needs no choosing.
              const typed = query.trim().toLowerCase();
              if (open)
                pick(
                  found.length === 1 || found.includes(typed)
                    ? found.includes(typed)
                      ? typed
                      : found[0]
                    : undefined,
                );
            }}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
              setActive(0);
              setOpen(true);
            }}
          />
          {!open && value && (
            <span class="place" aria-hidden="true">
              {placeOf(value)}
            </span>
          )}
          <ul id={list} role="listbox" aria-label={t("connect.region")} hidden={!open}>
            {found.map((region, index) => (
              <li
                key={region}
                id={`${list}-${region}`}
                role="option"
                aria-selected={index === at}
                // Before the input loses the focus.
                onPointerDown={(event) => {
                  event.preventDefault();
                  pick(region);
                }}
                ref={(item) => {
                  if (open && index === at) item?.scrollIntoView({ block: "nearest" });
                }}
              >
                <code>{region}</code> <span>{placeOf(region)}</span>
              </li>
            ))}
          </ul>
          <span class="sr-only" role="status">
            {open &&
              (found.length
                ? t("connect.regionCount", { n: found.length, total })
                : t("connect.regionNone"))}
          </span>
        </div>
      )}
    </Field>
  );
}
