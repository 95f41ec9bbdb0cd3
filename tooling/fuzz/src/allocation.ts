/** Runs `work` and measures how many bytes of array buffers it made; what was collected meanwhile hides some. */
export function allocating<T>(work: () => T): { readonly result: T; readonly bytes: number } {
  const before = process.memoryUsage().arrayBuffers
  const result = work()
  return { result, bytes: process.memoryUsage().arrayBuffers - before }
}
