// `node:path`, as far as test files use it: for paths with slashes, from the root.

export function join(...parts: readonly string[]): string {
  const kept: string[] = []
  for (const part of parts.join('/').split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}`
}

export function resolve(...parts: readonly string[]): string {
  const from = parts.findLastIndex((part) => part.startsWith('/'))
  return join(...parts.slice(Math.max(from, 0)))
}
