import type { Rule } from 'eslint'
import { noBarePromise } from '../src/rules/no-bare-promise.ts'
import { filename, tester } from './tester.ts'

const bare: Record<string, string> = {
  'a new promise': 'new Promise(() => {})',
  'a resolved promise': 'Promise.resolve()',
  'a race': 'Promise.race([])',
  'a reaction': 'declared.then(() => {})',
  'an async arrow': '(async () => {})',
  'an async function': 'const f = async function () {}',
}
const harmless: Record<string, string> = {
  'a type': 'const result: Promise<void> | undefined = undefined',
  'a property called then': 'const { then } = declared',
  'another constructor': 'new Map()',
}
const declared = 'declare const declared: Promise<void>;'

function inGenerator(code: string): string {
  return `${declared} function* procedure() { ${code} }`
}

tester.run('no-bare-promise', noBarePromise as unknown as Rule.RuleModule, {
  valid: [
    ...Object.entries(harmless).map(([name, code]) => ({ name, filename, code: inGenerator(code) })),
    ...Object.entries(bare).map(([name, code]) => ({ name: `${name} outside`, filename, code: declared + code })),
    { name: 'an async generator', filename, code: `${declared} async function* read() { await Promise.resolve() }` },
  ],
  invalid: [
    ...Object.entries(bare).map(([name, code]) => ({
      name: `${name} inside`,
      filename,
      code: inGenerator(code),
      errors: [{ messageId: 'bare' }],
    })),
    ...Object.entries(bare).map(([name, code]) => ({
      name: `${name} in a file of procedures`,
      filename,
      code: declared + code,
      options: ['file'],
      errors: [{ messageId: 'bare' }],
    })),
    {
      name: 'a callback inside a generator',
      filename,
      code: inGenerator('const later = () => declared.then(() => {})'),
      errors: [{ messageId: 'bare' }],
    },
  ],
})
