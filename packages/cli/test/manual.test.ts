import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commands } from '../src/commands.ts'
import { exitCodes } from '../src/exit-code.ts'
import { shellWord } from '../src/shell.ts'
import { version } from '../src/version.ts'
import { varve } from './support/terminal.ts'

const text = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')

describe('the manual page', () => {
  it('is what varve help man prints: run that, and write it to man/varve.1', async () => {
    expect(text('man/varve.1')).toBe((await varve(['help', 'man'])).out)
  })
})

describe('the README', () => {
  it('has every command and every exit code', () => {
    for (const { name } of commands) expect(text('README.md')).toContain(`varve ${name}`)
    for (const [code, means] of exitCodes) expect(text('README.md')).toContain(`| ${code} | ${means} |`)
  })
})

describe('help for programs', () => {
  it('has the exit codes as JSON', async () => {
    expect(JSON.parse((await varve(['help', 'exit-codes', '--json'])).out)).toHaveLength(exitCodes.length)
  })

  it('prints the version', async () => {
    expect(await varve(['--version'])).toMatchObject({ code: 0, out: `${version}\n` })
  })
})

describe('completion', () => {
  const completed = (script: string, words: readonly string[]): string[] => {
    const set = `COMP_WORDS=(${words.map(shellWord).join(' ')}); COMP_CWORD=${words.length - 1}`
    const asked = `${script}\n${set}; _varve; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' })
    expect(stderr).toBe('')
    return stdout.trim().split('\n')
  }

  it('knows commands, options and values, in bash', async () => {
    const { out } = await varve(['completion', 'bash'])
    expect(completed(out, ['varve', 'in'])).toEqual(['inspect'])
    expect(completed(out, ['varve', 'checkpoint', 'v'])).toEqual(['verify'])
    expect(completed(out, ['varve', 'checkpoint', 'verify', '--js'])).toEqual(['--json'])
    expect(completed(out, ['varve', 'repair', '--a'])).toEqual(['--apply', '--accept-loss'])
    expect(completed(out, ['varve', 'cat', '--format', 'r'])).toEqual(['raw'])
    expect(completed(out, ['varve', 'completion', 'f'])).toEqual(['fish'])
  })

  it('is there for zsh, fish and programs', async () => {
    expect((await varve(['completion', 'zsh'])).out).toMatch(/^#compdef varve\n/)
    const fish = (await varve(['completion', 'fish'])).out
    expect(fish).toContain("complete -c varve -n '__fish_seen_subcommand_from cat' -l format -x -a 'text json")
    expect(JSON.parse((await varve(['completion', 'bash', '--json'])).out)).toMatchObject({ shell: 'bash' })
  })
})

describe('a word for a shell', () => {
  it('is quoted where a shell would read more into it', () => {
    expect([shellWord('./a-b.varve'), shellWord('a b'), shellWord("it's"), shellWord('')]).toEqual([
      './a-b.varve',
      "'a b'",
      String.raw`'it'\''s'`,
      "''",
    ])
  })
})
