import type { Rule } from 'eslint'
import { procedureYielded } from '../src/rules/procedure-yielded.ts'
import { filename, tester } from './tester.ts'

const prelude = `
  export interface Suspension { readonly kind: string }
  export type Procedure<T> = Generator<Suspension, T, unknown>
  declare function commit(): Procedure<number>
  declare const runtime: { run<T>(procedure: Procedure<T>): Promise<T>; later(start: () => Procedure<void>): void }
  declare function each(callback: () => void): void
  declare class Task { constructor(procedure: Procedure<number>) }
  declare const ready: boolean
`

const allowed: Record<string, string> = {
  'yielded with a star': 'function* f(): Procedure<number> { return yield* commit() }',
  'passed to a runtime': 'runtime.run(commit())',
  'passed to a constructor': 'new Task(commit())',
  'returned by a wrapper that says so': 'function f(): Procedure<number> { return commit() }',
  'returned by an arrow that says so': 'const f = (): Procedure<number> => commit()',
  'returned where a procedure is expected': 'const f: () => Procedure<number> = () => commit()',
  'returned where it may be a procedure':
    'function f(): Procedure<number> | undefined { return ready ? commit() : undefined }',
  'returned by a callback that is expected to': 'runtime.later(() => commit() as unknown as Procedure<void>)',
  'chosen, then yielded': 'function* f(): Procedure<number> { return yield* ready ? commit() : commit() }',
  'kept in a constant that is used': 'const task = commit(); runtime.run(task)',
  'another generator': 'declare function ids(): Generator<string>; ids()',
  'not a call': 'commit',
}

const dropped: Record<string, string> = {
  'an expression statement': 'commit()',
  'a voided call': 'void commit()',
  'an awaited call': 'async function f() { await commit() }',
  'a yield without its star': 'function* f() { yield commit() }',
  'an iteration': 'for (const step of commit()) step.kind',
  'a method of the generator': 'commit().next()',
  'a constant that nobody reads': 'const task = commit()',
  'a variable that may change': 'let task = commit(); runtime.run(task)',
  'a pattern': 'const [first] = commit(); first',
  'an array': 'export const tasks = [commit()]',
  'a return from a generator': 'function* f(): Generator<Suspension, unknown> { return commit() }',
  'a return without an annotation': 'function f() { return commit() }',
  'a return from an async function': 'async function f(): Promise<unknown> { return commit() }',
  'a callback whose result is ignored': 'each(() => commit())',
  'an arrow that says nothing': 'const f = () => commit()',
  'the right side of a condition': 'ready && commit()',
  'an optional call': 'declare const start: (() => Procedure<number>) | undefined; start?.()',
}

tester.run('procedure-yielded', procedureYielded as unknown as Rule.RuleModule, {
  valid: Object.entries(allowed).map(([name, code]) => ({ name, filename, code: prelude + code })),
  invalid: Object.entries(dropped).map(([name, code]) => ({
    name,
    filename,
    code: prelude + code,
    errors: [{ messageId: 'dropped' }],
  })),
})
