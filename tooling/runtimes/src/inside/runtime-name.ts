/** What this runs on, as a person would call it. */
export function runtimeName(): string {
  const { bun, deno, node } = process.versions
  if (bun !== undefined) return `Bun ${bun}`
  return deno !== undefined ? `Deno ${deno}` : `Node ${node}`
}
