import { describe, expect, it } from 'vitest'
import { Progress } from '../src/progress.ts'
import { paper, type Paper } from './support/screen.ts'

/** Shows 40 steps of 100 ms. */
function run(screen: Paper): void {
  let now = 0
  const progress = new Progress(screen, 40, () => now)
  for (let step = 1; step <= 40; step += 1) {
    now += 100
    progress.show(step, step * 1000)
  }
  progress.end()
}

describe('progress', () => {
  it('draws over one line of a terminal, and leaves nothing behind', () => {
    const screen = paper(true)
    run(screen)
    expect(screen.text).not.toContain('\n')
    const frames = screen.text.split('\r\u001b[K')
    expect(frames).toHaveLength(42)
    expect(frames[20]).toBe('  [##############..............] 20 of 40 kills, 20,000 records acknowledged')
    expect(frames.at(-1)).toBe('')
  })

  it('writes a line now and then where nothing can be drawn over', () => {
    const screen = paper()
    run(screen)
    expect(screen.text).toBe(
      '  20 of 40 kills, 20,000 records acknowledged\n  40 of 40 kills, 40,000 records acknowledged\n',
    )
  })

  it('does not draw more often than anybody could see', () => {
    const screen = paper(true)
    let now = 0
    const progress = new Progress(screen, 1, () => now)
    for (; now < 800; now += 1) progress.show(0, now)
    expect(screen.text.split('\r').length).toBeLessThanOrEqual(11)
  })
})
