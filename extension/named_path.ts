/** The characters of a name that no search pattern gives a meaning to. */
const NAME = /^[\p{L}\p{N}_.@+~-]{1,100}$/u;

/** The names of a relative path that an answer gives; null when it is none, or leads upwards. */
export function namedPath(path: string): readonly string[] | null {
  const parts = path.split("/");
  return parts.every((part) => NAME.test(part) && !/^\.{1,2}$/.test(part)) ? parts : null;
}
