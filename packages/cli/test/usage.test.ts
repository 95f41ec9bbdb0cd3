import {
  damages,
  fixedAsynchronousRuntime,
  fixedRuntime,
  flip,
  goOn,
  segmentNames,
  small,
  withFile,
} from '@varve/damage'
import { VarveError, type LogStorage } from 'varve'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { commands } from '../src/commands.ts'
import { exitCodeOf, exitCodes } from '../src/exit-code.ts'
import { bruised, checkpointed, corrupt, intact, kept } from './support/logs.ts'
import { varve } from './support/terminal.ts'

const wrong: readonly (readonly [string, readonly string[]])[] = [
  ['no directory', ['inspect']],
  ['too many words', ['inspect', 'a', 'b']],
  ['an unknown option', ['verify', 'data', '--deeep']],
  ['both depths', ['verify', 'data', '--deep', '--quick']],
  ['a sequence of 0', ['cat', 'data', '--from', '0']],
  ['a sequence that is none', ['get', 'data', 'x']],
  ['a type that is none', ['cat', 'data', '--type', '65536']],
  ['an unknown format', ['cat', 'data', '--format', 'xml']],
  ['an unknown colour', ['cat', 'data', '--color', 'blue']],
  ['an unknown durability', ['append', 'data', '--durability', 'maybe']],
  ['a batch of 0', ['append', 'data', '--batch', '0']],
  ['nothing to dump', ['hexdump', 'data']],
  ['two things to dump', ['hexdump', 'data', '1', '--seal', '1']],
  ['an unknown shell', ['completion', 'csh']],
  ['an unknown topic', ['help', 'nothing']],
  ['a group alone', ['checkpoint']],
  ['a floor beyond the log', ['reclaim', 'data', '--before', '70']],
]

describe('a command line that cannot be understood', () => {
  it.each(wrong)('(%s) is exit code 3, one line of why, and where to read on', async (_, line) => {
    const { code, err, out } = await varve(line, kept(intact()))
    expect([code, out]).toEqual([3, line.length === 1 && line[0] === 'checkpoint' ? expect.any(String) : ''])
    expect(err).toMatch(/^error USAGE: .*\n(.*\n)*  see varve.* --help\n$/)
  })

  it('without any word is the help, and exit code 3', async () => {
    const { code, out } = await varve([])
    expect([code, out]).toEqual([3, expect.stringContaining('Usage: varve COMMAND')])
  })
})

describe('an error', () => {
  function failing(error: Error): LogStorage {
    return { ...memoryStorage(), close: () => undefined, list: () => Promise.reject(error) }
  }

  it('has a code, a place and advice, and no stack', async () => {
    const error = new VarveError('IO', 'the device failed', { file: 'x.varve', errno: undefined }, new Error('below'))
    const { code, err } = await varve(['inspect', 'data'], { storage: () => failing(error) })
    expect(code).toBe(6)
    expect(err).toContain('the device failed')
    expect(err).toContain('  file x.varve')
    expect(err).toContain('look at the disk')
    expect(err).not.toContain('    at ')
  })

  it('has its stack, and those below, with --debug', async () => {
    const error = new VarveError('IO', 'the device failed', {}, new Error('below'))
    const { err } = await varve(['cat', 'data', '--debug'], { storage: () => failing(error) })
    expect(err).toMatch(/\n +at .*\n(.*\n)*caused by Error: below\n/)
  })

  it('that nobody foresaw is told as well', async () => {
    const strange = await varve(['cat', 'data'], { storage: () => failing(new RangeError('strange')) })
    expect([strange.code, strange.err]).toEqual([6, 'error UNEXPECTED: strange\n'])
    const json = await varve(['cat', 'data', '--json'], { storage: () => failing(new RangeError('strange')) })
    expect(JSON.parse(json.out)).toEqual({ error: { code: 'UNEXPECTED', message: 'strange' } })
  })

  it('has an exit code of the table, whatever its code', () => {
    const table = exitCodes.map(([code]) => code)
    for (const code of ['LOCKED', 'CORRUPT', 'NOT_FOUND', 'IO', 'INVALID_ARGUMENT'] as const) {
      expect(table).toContain(exitCodeOf(code))
    }
  })
})

describe('a reader that goes away', () => {
  const gone = (): never => {
    throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  }

  it('ends a look quietly', async () => {
    expect(await varve(['cat', 'data'], { ...kept(intact()), onOutput: gone })).toMatchObject({ code: 0, err: '' })
    expect(await varve(['verify', 'data'], { ...kept(corrupt()), onOutput: gone })).toMatchObject({ code: 2, err: '' })
  })

  it('is an error to who changes the log', async () => {
    const line = ['append', 'data']
    const full = (): never => {
      throw new Error('full')
    }
    expect((await varve(line, { ...kept(intact()), stdin: 'a\n', onOutput: gone })).code).toBe(6)
    expect((await varve(line, { ...kept(intact()), stdin: 'a\n', onOutput: full })).code).toBe(6)
    const said = await varve(['cat', 'data'], { ...kept(intact()), onOutput: full })
    expect([said.code, said.err]).toEqual([6, 'error UNEXPECTED: full\n'])
    expect((await varve(['cat', 'nowhere', '--json'], { ...kept(), onOutput: full })).code).toBe(6)
  })
})

describe('repair', () => {
  const line = (...more: string[]): string[] => ['repair', 'data', '--apply', ...more]
  const at = { runtime: fixedAsynchronousRuntime(), now: () => Date.UTC(2026, 0, 2) }

  it('asks for a choice where several lose something', async () => {
    const { code, err } = await varve(line(), { ...kept(corrupt()), ...at })
    expect([code, err]).toEqual([3, expect.stringContaining('--choice: keep-before, keep-behind')])
    const other = await varve(line('--choice', 'burn'), { ...kept(corrupt()), ...at })
    expect([other.code, other.err]).toEqual([3, expect.stringContaining("no choice 'burn'")])
  })

  it('changes nothing before exactly the loss is accepted', async () => {
    for (const accept of [[], ['--accept-loss', '64'], ['--accept-loss', 'unknown']]) {
      const disk = kept(corrupt())
      const { code, err } = await varve(line('--choice', 'keep-before', ...accept), { ...disk, ...at })
      expect([code, err]).toEqual([3, expect.stringContaining('65 records')])
      expect(disk.snapshot().files).toEqual(corrupt().files)
    }
  })

  it('takes the number with commas, as the plan shows it', async () => {
    const accept = ['--choice', 'keep-before', '--accept-loss', '6,5']
    expect((await varve(line(...accept), { ...kept(corrupt()), ...at })).code).toBe(0)
  })

  it('asks on a terminal, and takes the number that is typed', async () => {
    const surroundings = { ...at, columns: 80, isInteractive: true }
    const disk = kept(corrupt())
    const typed = await varve(line('--choice', 'keep-before'), { ...disk, ...surroundings, stdin: ' 65\n' })
    expect([typed.code, typed.err]).toEqual([0, expect.stringContaining('To go on, type 65: ')])
    for (const stdin of ['yes\n', '']) {
      const other = kept(corrupt())
      expect((await varve(line('--choice', 'keep-before'), { ...other, ...surroundings, stdin })).code).toBe(3)
      expect(other.snapshot().files).toEqual(corrupt().files)
    }
  })

  it('writes down who and when, or what it is told', async () => {
    const disk = kept(bruised())
    await varve(line(), { ...disk, ...at, env: { USER: 'ada' } })
    expect((await varve(['inspect', 'data'], disk)).out).toContain('varve repair by ada at 2026-01-02T00:00:00.000Z')
    const other = kept(bruised())
    await varve(line('--note', 'ticket 12'), { ...other, ...at })
    expect((await varve(['inspect', 'data'], other)).out).toContain('note ticket 12')
    const nobody = kept(bruised())
    await varve(line(), { ...nobody, ...at })
    expect((await varve(['inspect', 'data'], nobody)).out).toContain('by somebody')
  })
})

describe('what is left to do', () => {
  it('is said when a repair dealt with one of two damages', async () => {
    const [first = '', second = ''] = segmentNames(intact())
    const { code, out } = await varve(['repair', 'data', '--apply', '--choice', `renew ${first}`], {
      ...kept(flip(flip(intact(), first, 4090), second, 600)),
      runtime: fixedAsynchronousRuntime(),
    })
    expect([code, out]).toEqual([2, expect.stringContaining('More is wrong')])
  })
})

describe('checkpoint list', () => {
  it('says that there is none, or that one is missing', async () => {
    const none = await varve(['checkpoint', 'list', 'data'], kept(intact()))
    expect(none).toMatchObject({ code: 0, out: 'there is no checkpoint\n' })
    const { code, out } = await varve(['checkpoint', 'list', 'data'], kept(damages['checkpoint.missing']()))
    expect([code, out]).toEqual([2, expect.stringContaining('missing')])
  })
})

describe('inspect', () => {
  it('says of a history that it cannot be read', async () => {
    const log = withFile(intact(), '0000000000000009.repair', Uint8Array.of(1, 2, 3))
    expect((await varve(['inspect', 'data'], kept(log))).out).toContain('0000000000000009.repair: cannot be read')
  })
})

describe('reclaim', () => {
  it('refuses a floor above the newest checkpoint, unless it is forced', async () => {
    const longer = goOn(checkpointed(), { ...small, runtime: fixedRuntime() }, 'close', (log) => {
      for (let n = 0; n < 9; n += 1) log.appendSync(Uint8Array.of(n))
    })
    const refused = await varve(['reclaim', 'data', '--before', '122'], kept(longer))
    expect(refused.code).toBe(3)
    expect(refused.err.replaceAll(/\s+/g, ' ')).toContain('the newest checkpoint, after record 120')
    const lines = [['--before', '121'], ['--before', '125', '--force'], []]
    for (const more of lines) expect((await varve(['reclaim', 'data', ...more], kept(longer))).code).toBe(0)
  })
})

describe('help', () => {
  it.each(commands.map(({ name }) => name))('on %s has its examples', async (name) => {
    const { code, out } = await varve([...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(out).toContain('Examples:')
    expect((await varve(['help', ...name.split(' ')])).out).toBe(out)
  })
})
