// Somebody who looks at what there is to be had, from every entry point.
const entries = ['varve', 'varve/node', 'varve/diagnostics-channel', 'varve/opentelemetry']
const other = new URL('../node_modules/varve/dist/index.js', import.meta.url).href
const names: Record<string, string[]> = {}
for (const entry of [...entries, other]) {
  const found = Object.keys((await import(entry)) as object)
  names[entry === other ? 'without a platform' : entry] = found.sort()
}
console.log(JSON.stringify(names))
