import { describe, expect, it } from 'vitest'
import { check } from '../src/check.ts'
import { rules } from '../src/rules.ts'

interface Case {
  readonly path: string
  readonly bad: string
  readonly good: string
}

/** For every rule a text it must refuse and one, as close as possible, it must accept. */
const cases: Record<string, Case> = {
  'line-length': { path: 'docs/a.md', bad: 'x'.repeat(121), good: `${'x'.repeat(120)}\n| ${'x'.repeat(121)} |` },
  'file-length': { path: 'packages/a/src/a.ts', bad: 'x\n'.repeat(301), good: 'x\n'.repeat(300) },
  'trailing-space': { path: 'a.yaml', bad: 'a: 1 ', good: 'a: 1' },
  tab: { path: 'a.json', bad: '\t{}', good: '  {}' },
  unfinished: { path: 'a.ts', bad: '// TODO: later', good: '// a todo list' },
  'focused-test': { path: 'packages/a/test/a.test.ts', bad: 'it.only()', good: 'it.each()' },
  emoji: { path: 'README.md', bad: 'fast \u{1F680}', good: 'fast → 1.5 µs' },
  bigint: { path: 'packages/codec/src/a.ts', bad: 'x & 0xffn', good: 'x & 0xff // not 0xffn' },
  'file-name': { path: 'docs/SomeThing.md', bad: '', good: '' },
  'silenced-with-reason': { path: 'a.ts', bad: '// eslint-disable-next-line x', good: '// eslint-disable x -- y' },
  'package-files': { path: 'packages/a/package.json', bad: '{}', good: '{}' },
  'readme-sections': {
    path: 'packages/a/README.md',
    bad: '## Install',
    good: '## What it guarantees\n## What it does not do',
  },
}

function findings(path: string, text: string, others: readonly string[] = []): string[] {
  return check(new Set([path, ...others]), (name) => (name === path ? text : undefined))
}

describe('every rule', () => {
  it.each(rules.map(({ name }) => name))('%s has a case', (name) => {
    expect(cases).toHaveProperty([name])
  })

  it.each(Object.entries(cases))('%s refuses what is wrong', (name, { path, bad }) => {
    expect(findings(path, bad).join('\n')).toContain(`(${name})`)
  })

  it.each(Object.entries(cases))('%s accepts what is right', (_, { path, good }) => {
    const rightPath = path.replace('SomeThing', 'some-thing')
    expect(findings(rightPath, good, ['packages/a/README.md', 'packages/a/LICENSE'])).toEqual([])
  })
})

describe('what is exempt', () => {
  it.each(['pnpm-lock.yaml', 'fixtures/format-1/Dump.txt', 'packages/a/api/a.api.md', 'packages/a/CHANGELOG.md'])(
    'generated: %s',
    (path) => {
      expect(findings(path, `${'x'.repeat(200)} \t`)).toEqual([])
    },
  )

  it('what is not text', () => {
    expect(check(new Set(['a.png']), () => undefined)).toEqual([])
  })

  it.each(['0001-a-decision.md', 'FORMAT.md', 'LICENSE', 'a.test.ts', '.gitignore', 'tsup.config.ts', 'codec.api.md'])(
    'the name %s',
    (path) => {
      expect(findings(path, '')).toEqual([])
    },
  )
})

it('says where and what', () => {
  expect(findings('a.md', 'good\nbad ')).toEqual(['a.md:2: ends in white space (trailing-space)'])
})
