export { faultProfiles, nameSettlingMs, type FaultProfile, type ProfileName } from './profile.ts'
export { FileContent, settledContent, type FailedSync, type SectorVersion, type SizeVersion } from './disk/content.ts'
export { Disk, type NameChange, type Names } from './disk/disk.ts'
export { sameBytes, sectorBytes } from './disk/sector.ts'
export type { Survival } from './disk/survival.ts'
export { SurvivalPlan } from './disk/survival-plan.ts'
export { Counterexample } from './explore/counterexample.ts'
export { Explorer, type Explored, type ExploreOptions } from './explore/explorer.ts'
export { shrinkTape, type ShrinkingLibrary, type ShrinkOptions } from './explore/shrink.ts'
export { swarm, type Swarmed, type SwarmOptions } from './explore/swarm.ts'
export { LogLedger } from './oracle/log-ledger.ts'
export { seededRandom, type Random } from './random.ts'
export { type Setup } from './run/life.ts'
export { runAwaiting, runSynchronously } from './run/drive.ts'
export { repeatableRuntime } from './run/runtimes.ts'
export { play, type Played, type PlayOptions } from './run/play.ts'
export {
  betrays,
  faultKinds,
  isDecay,
  type CallFault,
  type DecayFault,
  type DelayFault,
  type FaultKind,
} from './storage/faults.ts'
export {
  replaySimulation,
  simulate,
  type Simulated,
  type SimulateOptions,
  type SimulationFailure,
  type SystemParts,
} from './simulate.ts'
export { SimulatedStorage, type SimulatedStorageOptions } from './storage/simulated-storage.ts'
export { noLedger, Violation, type Decay, type Ledger, type System, type World } from './system.ts'
export { replayed, Tape, type ChoiceKind, type Choices } from './tape/choices.ts'
export { seeded } from './tape/seeded.ts'
export { tapeFromText, tapeToText } from './tape/replay-string.ts'
