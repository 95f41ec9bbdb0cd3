const ofCrashes = [
  'exhaustive-async',
  'exhaustive-blocks',
  'exhaustive-sync',
  'faults',
  'hazards-names',
  'hazards-recycling',
  'hazards-retention',
  'hazards-tails',
  'nested',
]
const ofDamage = ['byte-flips', 'byte-flips-variants', 'truncation', 'truncation-inside']

/**
 * Files of tests that take from 10 to 80 seconds of a browser because they try everything there is: every byte, every
 * crash. All they see is numbers in memory, and the tests beside them look at the same code with fewer of them.
 */
export const walks: readonly string[] = [
  ...ofCrashes.map((name) => `packages/segments/test/crash/${name}.test.ts`),
  ...ofDamage.map((name) => `packages/segments/test/damage/${name}.test.ts`),
]
