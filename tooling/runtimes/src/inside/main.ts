// Runs one suite on whatever runtime starts this, and reports to a file. Started by `../run-suite.ts`, as a bundle.
import { appendFileSync } from 'node:fs'
import { conformance } from './conformance.ts'
import { killing } from './killing.ts'
import type { Message, Orders } from './orders.ts'
import { runtimeName } from './runtime-name.ts'
import { testing } from './testing.ts'
import { torturing } from './torturing.ts'

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders
const tell = (message: Message): void => { appendFileSync(orders.report, `${JSON.stringify(message)}\n`) }

const suites = { conformance, tests: testing, torture: torturing, kill: killing }

// What a test leaves behind must not go unnoticed, and must not end the others.
process.on('uncaughtException', (error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const title = 'nothing is thrown where nobody catches it'
  tell({ kind: 'test', group: 'process', title, milliseconds: 0, error: text })
})

tell({ kind: 'runtime', name: runtimeName() })
await suites[orders.suite](orders, tell)
tell({ kind: 'end' })
// A watcher or a timer that a test left open must not keep it waiting.
process.exit()
