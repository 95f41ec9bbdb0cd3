/** What the module exports: the inner loops of `src/webassembly-kernel.ts`. */
export { probe } from './probe'
export { scan } from './scan'
export { seal } from './seal'
