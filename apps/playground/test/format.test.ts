import { expect, test } from 'vitest'
import { bytes, count, duration, plural, range, ratio } from '../src/logic/format.ts'

test.each([
  [count(1_234_567), '1,234,567'],
  [plural(1, 'record'), '1 record'],
  [plural(1024, 'record'), '1,024 records'],
  [bytes(1023), '1023 B'],
  [bytes(65_536), '64 KiB'],
  [bytes(1536), '1.5 KiB'],
  [bytes(3 * 2 ** 20), '3 MiB'],
  [duration(0.42), '420 µs'],
  [duration(3.14), '3.1 ms'],
  [duration(31.4), '31 ms'],
  [duration(1200), '1.2 s'],
  [ratio(3, 2), '1.50 ×'],
  [ratio(300, 2), '150 ×'],
  [ratio(3, 0), '–'],
  [range(5, 4), 'none'],
  [range(5, 5), '5'],
  [range(1, 2048), '1–2,048'],
])('%s', (said, expected) => {
  expect(said).toBe(expected)
})
