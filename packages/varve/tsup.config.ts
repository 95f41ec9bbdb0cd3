import { library } from '../../tooling/build/src/library.ts'

export default library({
  index: 'src/index.ts',
  node: 'src/node.ts',
  'diagnostics-channel': 'src/diagnostics-channel.ts',
  opentelemetry: 'src/opentelemetry.ts',
})
