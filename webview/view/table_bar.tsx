import type { JSX } from "preact";
import { toCsv } from "../answer/csv.ts";
import { BarCopy } from "./bar_copy.tsx";
import { usePanel } from "./panel_context.ts";

/** What can be done with a table. */
export function TableBar({ rows }: { readonly rows: readonly (readonly string[])[] }): JSX.Element {
  const { t } = usePanel();
  return (
    <div class="table-bar">
      <BarCopy label={t("Copy as CSV")} text={() => toCsv(rows)} />
    </div>
  );
}
