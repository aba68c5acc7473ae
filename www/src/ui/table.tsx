import type { ComponentChildren } from "preact";

/** A table whose rows are, in a narrow window, lists of their cells: each cell then shows the head of its column. */
export function Table(props: { label: string; heads: string[]; children: ComponentChildren }) {
  return (
    // Focusable, because a window of middling width scrolls it sideways.
    <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}

/** A cell, with the head of its column. */
export const Cell = (props: { head: string; class?: string; children: ComponentChildren }) => (
  <td data-head={props.head} class={props.class}>
    {props.children}
  </td>
);
