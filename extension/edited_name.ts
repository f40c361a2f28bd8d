/** "error.png" becomes "error (edited).png", and stays that however often it is edited. */
export function editedName(name: string): string {
  const stem = name.replace(/\.[a-z0-9]{1,5}$/i, "").replace(/ \(edited\)$/, "");
  return `${stem} (edited).png`;
}
