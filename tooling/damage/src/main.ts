export { damages, type DamageCode } from './damages.ts'
export { fixedAsynchronousRuntime, fixedRuntime } from './fixed-runtime.ts'
export { headerOf, sealOffset, withFrame, withHeader } from './frames.ts'
export {
  bytesOf,
  everyKind,
  flip,
  goOn,
  payload,
  recordsIn,
  segmentNames,
  small,
  stateOf,
  withCheckpoints,
  withFile,
  withoutFile,
  type Bytes,
  type Image,
} from './image.ts'
