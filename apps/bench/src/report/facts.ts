import type { BenchResult } from '../result.ts'
import { shortBytes } from './figures.ts'

/** On what it ran and what was asked for, name by name. */
export function machineFacts({ machine, options }: Pick<BenchResult, 'machine' | 'options'>): readonly Fact[] {
  const all = [...factsOf(machine), ...factsOf(options)]
  return all.filter(({ name, value }, at) => all.findIndex((each) => each.name === name && each.value === value) === at)
}

export interface Fact {
  readonly name: string
  readonly value: string
}

/** When it ran, and for how long. */
export function whenLine({ began, seconds }: Pick<BenchResult, 'began' | 'seconds'>): string {
  const length = seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
  return `${began.slice(0, 10)} ${began.slice(11, 16)} UTC, ${length}`
}

function factsOf(facts: object): readonly Fact[] {
  return Object.entries(facts as Readonly<Record<string, unknown>>).flatMap(([key, value]) => {
    const name = wordsOf(key.replace(/Bytes$/, ''))
    if (Array.isArray(value)) return value.length === 0 ? [] : [{ name, value: value.map(String).join(', ') }]
    if (typeof value === 'number' && key.endsWith('Bytes')) return [{ name, value: shortBytes(value) }]
    return typeof value === 'string' || typeof value === 'number' ? [{ name, value: String(value) }] : []
  })
}

/** `fileSystem` as `file system`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
