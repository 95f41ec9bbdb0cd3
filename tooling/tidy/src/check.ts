import type { TextFile } from './rule.ts'
import { rules } from './rules.ts'

/** What is untidy, a line each: `path:line: message (rule)`. `read` gives undefined for what is not text. */
export function check(paths: ReadonlySet<string>, read: (path: string) => string | undefined): string[] {
  return [...paths].flatMap((path) => {
    const text = read(path)
    return text === undefined ? [] : checkFile({ path, lines: linesOf(text) }, paths)
  })
}

function checkFile(file: TextFile, paths: ReadonlySet<string>): string[] {
  return rules
    .filter((rule) => rule.applies(file.path))
    .flatMap(({ name, find }) =>
      find(file, paths).map(({ line, message }) => `${file.path}:${line}: ${message} (${name})`),
    )
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}
