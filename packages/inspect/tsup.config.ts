import { library } from '../../tooling/build/src/library.ts'

export default library({ index: 'src/index.ts' })
