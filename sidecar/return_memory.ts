const MALLOC_TRIM = { malloc_trim: { parameters: ["usize"], result: "i32" } } as const;

/**
 * Hands freed memory back to the operating system. glibc would keep it, in as many pools as threads have asked for
 * some: after a few loads of a small model 300 MB. The allocators of other systems give it back by themselves.
 */
export function returnMemory(): void {
  if (Deno.build.os !== "linux") return;
  let libc: Deno.DynamicLibrary<typeof MALLOC_TRIM>;
  try {
    libc = Deno.dlopen("libc.so.6", MALLOC_TRIM);
  } catch {
    return; // Another C library, which has no such function and no such habit.
  }
  libc.symbols.malloc_trim(0n);
  libc.close();
}
