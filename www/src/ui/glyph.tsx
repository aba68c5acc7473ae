/** The mark: one line in, two lines out, one of them set. */
export function Glyph({ class: name = "glyph" }: { class?: string }) {
  return (
    <svg class={name} viewBox="0 0 32 32" aria-hidden="true">
      <path class="track" d="M16 3v7c0 7 8.5 5 8.5 13" />
      <path class="track set" d="M16 3v7c0 7-8.5 5-8.5 13" />
      <circle class="standby" cx="24.5" cy="26" r="2.7" />
      <circle class="master" cx="7.5" cy="26" r="3.6" />
    </svg>
  );
}
