import type { JSX } from "preact";
import type { PanelQuestion } from "../../protocol/panel.ts";
import { usePanel } from "./panel_context.ts";
import { Picture } from "./picture.tsx";
import { Receipt } from "./receipt.tsx";

/** What the person asked, with the pictures and their receipts. */
export function Question(
  { question: { pictures, text } }: { readonly question: PanelQuestion },
): JSX.Element {
  const { t } = usePanel();
  return (
    <article class="question" data-role="user" aria-label={t("Question")}>
      {pictures.length > 0 && (
        <ul class="pictures">
          {pictures.map((picture, index) => (
            <li key={picture.id} class="shot">
              <Picture picture={picture} position={index + 1} count={pictures.length} />
              <Receipt receipt={picture.receipt} />
            </li>
          ))}
        </ul>
      )}
      <p>{text}</p>
    </article>
  );
}
