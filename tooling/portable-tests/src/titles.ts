/** Titles of `it.each` as vitest makes them: `$key.key` of an object, `%s`, `%d`, `%i`, `%j`, `%o`, `%#`, `%%`. */
export function titleOf(template: string, args: readonly unknown[], index: number): string {
  const [first] = args
  const fill = (all: string, path: string): string => (isObject(first) ? valueAt(first, path, all) : all)
  const filled = template.replace(/\$([\w.]+)/g, fill)
  const rest = [...args]
  return filled.replace(/%([sdijo#%])/g, (all, kind: string) => {
    if (kind === '%') return '%'
    if (kind === '#') return String(index)
    if (rest.length === 0) return all
    return formatted(kind, rest.shift())
  })
}

function formatted(kind: string, value: unknown): string {
  if (kind === 'i') return String(Math.trunc(Number(value)))
  if (kind === 'd') return String(Number(value))
  return shown(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function valueAt(start: unknown, path: string, otherwise: string): string {
  let value = start
  for (const key of path.split('.')) {
    if (!isObject(value) || !(key in value)) return otherwise
    value = value[key]
  }
  return shown(value)
}

/** A title only has to tell one case from another. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (!isObject(value)) return String(value)
  const plain = (_key: string, each: unknown): unknown => (typeof each === 'bigint' ? String(each) : each)
  return JSON.stringify(value, plain)
}
