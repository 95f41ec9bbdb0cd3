import { fn, restoreAllMocks, spyOn } from '@vitest/spy'
import { runAllTimers, useFakeTimers, useRealTimers } from './fake-timers.ts'
import { stubGlobal, unstubAllGlobals } from './globals.ts'

/** Modules cannot be mocked here: files that do are left out. */
export const vi = {
  fn,
  restoreAllMocks,
  spyOn,
  stubGlobal,
  unstubAllGlobals,
  useFakeTimers,
  useRealTimers,
  runAllTimers,
}
