// What a paste or a drop brings along.

/** Pictures and files, or why there are none. */
export type Transfer =
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "text" }
  | { readonly kind: "nothing"; readonly types: readonly string[] };

/** The part of a `DataTransfer` that is looked at. */
export interface Offer {
  readonly files: Iterable<File>;
  readonly types: readonly string[];
  getData(type: string): string;
}

/** Largest file that is read into memory; the extension takes no larger one. */
export const MAX_FILE_BYTES = 256 * 2 ** 20;

const ADDRESS_LISTS = ["application/vnd.code.uri-list", "text/uri-list"];

/** Sorts out the contents of a clipboard or a drop. A picture goes before the text that describes it. */
export function readTransfer(transfer: Offer): Transfer {
  const files = [...transfer.files];
  if (files.length > 0) return { kind: "files", files };
  const addresses = ADDRESS_LISTS.map((type) => addressesIn(transfer.getData(type))).find((list) =>
    list.length > 0
  );
  if (addresses !== undefined) return { kind: "addresses", addresses };
  const types = [...transfer.types];
  return types.some((type) => type.startsWith("text/plain")) ? { kind: "text" } : { kind: "nothing", types };
}

/** Whether what is being dragged may hold a file; its contents are readable only when it is dropped. */
export function mayHoldFiles(transfer: Pick<Offer, "types"> | null): boolean {
  return transfer?.types.some((type) => type === "Files" || ADDRESS_LISTS.includes(type)) ?? false;
}

/** Lines of a `text/uri-list` that name files; pages on the web are not fetched. */
export function addressesIn(list: string): readonly string[] {
  return list.split(/\r?\n/).map((line) => line.trim())
    .filter((line) => /^[a-z][a-z0-9+.-]*:/i.test(line) && !/^(?:https?|data|blob|javascript):/i.test(line));
}
