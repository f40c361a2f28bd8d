/**
 * Does something in the editor.
 * @throws Error saying what could not be done; the failure is its cause
 */
export async function attempt<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot ${what}: ${reason}`, { cause: error });
  }
}
