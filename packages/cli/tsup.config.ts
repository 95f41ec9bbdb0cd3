import { library } from '../../tooling/build/src/library.ts'

export default library({ main: 'src/main.ts' })
