import { fixedAsynchronousRuntime } from '@varve/damage'
import type { MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { expectGolden } from './support/golden.ts'
import { bruised, checkpointed, corrupt, intact, kept, torn, words } from './support/logs.ts'
import { varve } from './support/terminal.ts'

interface Scene {
  readonly name: string
  readonly log: () => MemorySnapshot
  readonly line: readonly string[]
  readonly code: number
  readonly stdin?: string
}

const scenes: readonly Scene[] = [
  { name: 'inspect', log: intact, line: ['inspect', 'data'], code: 0 },
  { name: 'inspect-checkpoints', log: checkpointed, line: ['inspect', 'data'], code: 0 },
  { name: 'inspect-torn', log: torn, line: ['inspect', 'data'], code: 1 },
  { name: 'verify', log: intact, line: ['verify', 'data'], code: 0 },
  { name: 'verify-torn', log: torn, line: ['verify', 'data'], code: 1 },
  { name: 'verify-corrupt', log: corrupt, line: ['verify', 'data'], code: 2 },
  { name: 'cat', log: words, line: ['cat', 'data', '--from', '2', '--to', '6'], code: 0 },
  { name: 'cat-hex', log: words, line: ['cat', 'data', '--format', 'hex', '--type', '0'], code: 0 },
  { name: 'tail', log: words, line: ['tail', 'data', '-n', '3'], code: 0 },
  { name: 'get', log: words, line: ['get', 'data', '8', '--format', 'hex'], code: 0 },
  { name: 'get-missing', log: words, line: ['get', 'data', '88'], code: 1 },
  { name: 'append', log: words, line: ['append', 'data'], code: 0, stdin: 'nine\nten' },
  { name: 'stats', log: intact, line: ['stats', 'data'], code: 0 },
  { name: 'hexdump', log: words, line: ['hexdump', 'data', '3'], code: 0 },
  { name: 'hexdump-header', log: words, line: ['hexdump', 'data', '--header', '1'], code: 0 },
  { name: 'hexdump-seal', log: intact, line: ['hexdump', 'data', '--seal', '1'], code: 0 },
  { name: 'hexdump-bad', log: corrupt, line: ['hexdump', 'data', '4'], code: 2 },
  { name: 'repair', log: corrupt, line: ['repair', 'data'], code: 2 },
  { name: 'repair-lossless', log: bruised, line: ['repair', 'data', '--apply'], code: 0 },
  {
    name: 'repair-apply',
    log: corrupt,
    line: ['repair', 'data', '--apply', '--choice', 'keep-before', '--accept-loss', '65'],
    code: 0,
  },
  { name: 'checkpoint-list', log: checkpointed, line: ['checkpoint', 'list', 'data'], code: 0 },
  { name: 'checkpoint-verify', log: checkpointed, line: ['checkpoint', 'verify', 'data'], code: 0 },
  { name: 'reclaim-dry', log: intact, line: ['reclaim', 'data', '--before', '40', '--dry-run'], code: 0 },
  { name: 'reclaim', log: intact, line: ['reclaim', 'data', '--before', '40'], code: 0 },
  { name: 'not-found', log: () => ({ files: new Map(), generation: 0 }), line: ['cat', 'data'], code: 5 },
  { name: 'help', log: intact, line: ['help'], code: 0 },
  { name: 'help-repair', log: intact, line: ['repair', '--help'], code: 0 },
  { name: 'help-exit-codes', log: intact, line: ['help', 'exit-codes'], code: 0 },
  { name: 'usage', log: intact, line: ['verifi', 'data'], code: 3 },
]

/** What a scene prints, standard error behind standard output. */
async function shown(scene: Scene, extra: readonly string[], columns?: number): Promise<string> {
  const { log, line, stdin = '', code } = scene
  const surroundings = { ...kept(log()), runtime: fixedAsynchronousRuntime(7), stdin, env: { USER: 'ada' } }
  const ended = await varve([...line, ...extra], columns === undefined ? surroundings : { ...surroundings, columns })
  expect([line, ended.code]).toEqual([line, code])
  return `${ended.out}${ended.err}`
}

describe('what a person sees', () => {
  it.each(scenes)('of $name, narrow and wide, with and without colour', async (scene) => {
    const shows: string[] = []
    for (const [columns, color] of [[60, 'never'], [120, 'never'], [60, 'always'], [120, 'always']] as const) {
      const text = await shown(scene, [`--color=${color}`], columns)
      shows.push(`$ varve ${scene.line.join(' ')} --color=${color}  # ${columns} columns\n${text}`)
    }
    expectGolden(`people/${scene.name}`, shows.join('\n'))
  })

  it.each(scenes)('of $name has no colour in a pipe', async (scene) => {
    // One of the records has an escape of its own, which a pipe gets as it is.
    expect((await shown(scene, [])).replace('esc\u001b[31m', '')).not.toContain('\u001b[')
  })
})

describe('what a program sees', () => {
  const isHelp = ({ name }: Scene): boolean => name.startsWith('help')

  it.each(scenes.filter((scene) => !isHelp(scene)))('of $name is JSON', async (scene) => {
    const { out, err } = await varve([...scene.line, '--json'], {
      ...kept(scene.log()),
      runtime: fixedAsynchronousRuntime(7),
      stdin: scene.stdin ?? '',
      env: { USER: 'ada' },
      columns: 80,
    })
    const documents = out.startsWith('{\n') ? [out] : out.split('\n').filter((line) => line !== '')
    for (const text of documents) expect(JSON.parse(text)).toBeTypeOf('object')
    expect(scene.name === 'usage' ? '' : err).toBe('')
    expectGolden(`programs/${scene.name}`, out)
  })
})

