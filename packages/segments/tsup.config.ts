import { library } from '../../tooling/build/src/library.ts'

export default library({
  index: 'src/index.ts',
  'diagnostics-channel': 'src/observe/diagnostics-channel.ts',
  inspect: 'src/inspect.ts',
  typed: 'src/typed.ts',
  opentelemetry: 'src/observe/opentelemetry.ts',
})
