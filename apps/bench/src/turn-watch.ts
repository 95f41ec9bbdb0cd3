/**
 * Milliseconds of the longest turn of the event loop while `work` is under way: a chain of `setImmediate` notes when
 * its turn comes.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let isOver = false
  let longest = 0
  const ended = new Promise<void>((resolve) => {
    let last = performance.now()
    const turn = (): void => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
      if (isOver) resolve()
      else setImmediate(turn)
    }
    setImmediate(turn)
  })
  try {
    await work()
  } finally {
    isOver = true
    await ended
  }
  return longest
}
