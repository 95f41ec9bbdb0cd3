const bucketMs = 100
/** Ten seconds, and the bucket that the present moment lies in. */
const buckets = 101

/**
 * The share of time that something was under way, over the last ten seconds. Time is cut into buckets, each of which
 * knows how much of it was busy; the window begins where the oldest one does, so it is up to a bucket longer than ten
 * seconds, and what is said of it is exact.
 */
export class BusyTime {
  readonly #openedAt: number
  readonly #busyMs = new Float64Array(buckets)
  /** Everything before it has been counted. */
  #countedTo: number
  #underWay = 0

  constructor(now: number) {
    this.#openedAt = now
    this.#countedTo = now
  }

  begin(now: number): void {
    this.#countTo(now)
    this.#underWay += 1
  }

  end(now: number): void {
    this.#countTo(now)
    this.#underWay -= 1
  }

  /** From 0 to 1; 0 when no time has passed. */
  share(now: number): number {
    this.#countTo(now)
    const began = Math.max(this.#openedAt, (Math.floor(now / bucketMs) - buckets + 1) * bucketMs)
    const busyMs = this.#busyMs.reduce((sum, ms) => sum + ms, 0)
    return now > began ? Math.min(1, busyMs / (now - began)) : 0
  }

  #countTo(now: number): void {
    const last = Math.floor(now / bucketMs)
    // After a long pause the buckets that have fallen out of the window need no visit.
    const first = Math.max(Math.floor(this.#countedTo / bucketMs), last - buckets)
    for (let bucket = first; bucket <= last; bucket += 1) {
      const from = Math.max(this.#countedTo, bucket * bucketMs)
      const to = Math.min(now, (bucket + 1) * bucketMs)
      const at = bucket % buckets
      if (bucket * bucketMs > this.#countedTo) this.#busyMs[at] = 0
      if (this.#underWay > 0) this.#busyMs[at]! += Math.max(0, to - from)
    }
    this.#countedTo = now
  }
}
