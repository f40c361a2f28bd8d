/** Stands in for a translation: fills in the values of an English sentence. */
export const english = (text: string, ...values: (string | number)[]): string =>
  text.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]));
