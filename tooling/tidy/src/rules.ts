import { dirname, posix } from 'node:path'
import { eachLine, wholeFile, type Rule } from './rule.ts'

const columnsMax = 120
const linesMax = 300

const isGenerated = matches(/^pnpm-lock\.yaml$|(^|\/)fixtures\/|^packages\/[^/]+\/(api\/|CHANGELOG\.md$)/)
const isSource = matches(/^(packages|apps|tooling)\/[^/]+\/src\/.*\.ts$/)
const isTest = matches(/\/test\/.*\.ts$/)
const isCode = matches(/\.(ts|js|mjs)$/)
const isCodec = matches(/^packages\/codec\/src\//)
const isManifest = matches(/^packages\/[^/]+\/package\.json$/)
const isReadme = matches(/^packages\/[^/]+\/README\.md$/)
/** This package names the words that it forbids. */
const isTidy = matches(/^tooling\/tidy\//)

export const rules: readonly Rule[] = [
  {
    name: 'line-length',
    applies: (path) => !isGenerated(path),
    find: eachLine(
      `longer than ${columnsMax} columns`,
      (line) => line.length > columnsMax && !line.trimStart().startsWith('|'),
    ),
  },
  {
    name: 'file-length',
    applies: isSource,
    find: wholeFile(`longer than ${linesMax} lines: is it one idea?`, ({ lines }) => lines.length > linesMax),
  },
  {
    name: 'trailing-space',
    applies: (path) => !isGenerated(path),
    find: eachLine('ends in white space', (line) => /\s$/.test(line)),
  },
  {
    name: 'tab',
    applies: (path) => !isGenerated(path),
    find: eachLine('has a tab', (line) => line.includes('\t')),
  },
  {
    name: 'unfinished',
    applies: (path) => !isGenerated(path) && !isTidy(path),
    find: eachLine('is a note to oneself: do it, or open an issue', (line) => /\b(TODO|FIXME)\b/.test(line)),
  },
  {
    name: 'focused-test',
    applies: (path) => isTest(path) && !isTidy(path),
    find: eachLine('leaves tests out', (line) => /\b(describe|it|test|suite)\.(only|skip|todo)\b/.test(line)),
  },
  {
    name: 'emoji',
    applies: (path) => !isGenerated(path),
    find: eachLine('has an emoji', (line) => /\p{Emoji_Presentation}|\u{FE0F}/u.test(line)),
  },
  {
    name: 'bigint',
    applies: isCodec,
    find: eachLine('allocates a BigInt on the hot path: use two 32-bit words', (line) =>
      /\bBigInt\s*\(|\b(0[xX][\da-fA-F_]+|\d[\d_]*)n\b/.test(withoutComment(line)),
    ),
  },
  {
    name: 'file-name',
    applies: (path) => !isGenerated(path),
    find: wholeFile('is not in kebab-case (documents of a repository may be in capitals)', ({ path }) => {
      const name = posix.basename(path)
      return !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(name) && !/^[A-Z]+(\.md)?$/.test(name)
    }),
  },
  {
    name: 'silenced-with-reason',
    applies: (path) => isCode(path) && !isTidy(path),
    find: eachLine('silences a checker without saying why (` -- reason`)', (line) =>
      /(\/\/|\/\*)\s*(eslint-disable|v8 ignore)(?!.* -- \S)/.test(line),
    ),
  },
  {
    name: 'package-files',
    applies: isManifest,
    find: ({ path }, paths) =>
      ['README.md', 'LICENSE']
        .filter((name) => !paths.has(`${dirname(path)}/${name}`))
        .map((name) => ({ line: 1, message: `has no ${name} beside it` })),
  },
  {
    name: 'readme-sections',
    applies: isReadme,
    find: ({ lines }) =>
      [/^## .*\bguarantees$/i, /^## .*\bdoes not\b/i]
        .filter((heading) => !lines.some((line) => heading.test(line)))
        .map((heading) => ({ line: 1, message: `has no section ${String(heading)}` })),
  },
]

function matches(pattern: RegExp): (path: string) => boolean {
  return (path) => pattern.test(path)
}

/** The line without what is, or looks like, a comment. */
function withoutComment(line: string): string {
  return line.replace(/^\s*\*.*|\/\*.*?\*\/|\/\/.*/g, '')
}
