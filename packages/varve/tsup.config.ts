import { inlinedWorker } from '../../tooling/build/src/inlined-worker.ts'
import { library } from '../../tooling/build/src/library.ts'

const entries = {
  index: 'src/index.ts',
  browser: 'src/browser.ts',
  'in-worker': 'src/in-worker.ts',
  node: 'src/node.ts',
  opfs: 'src/opfs.ts',
  worker: 'src/worker.ts',
  'diagnostics-channel': 'src/diagnostics-channel.ts',
  opentelemetry: 'src/opentelemetry.ts',
}

export default library(entries, [inlinedWorker(import.meta.dirname, 'src/worker.ts', 'src/worker-source.ts')])
