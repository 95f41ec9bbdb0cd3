import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openLog, type Log } from 'varve'
const payload = new Uint8Array(256).fill(7)
const dir = mkdtempSync(join(process.env.DIR ?? '/tmp', 'tails-'))
interface Ctx { log: Log; ack: Float64Array; lat: number[]; seen: number }
async function setup(name: string, tails: number): Promise<Ctx> {
  const log = await openLog(join(dir, name))
  const ctx: Ctx = { log, ack: new Float64Array(1_000_000), lat: [], seen: 0 }
  for (let i = 0; i < tails; i += 1) {
    const it = log.tail()
    void (async () => { for await (const { sequence } of it) { ctx.seen += 1; const a = ctx.ack[sequence]!; if (i === 0) ctx.lat.push(performance.now() - a) } })()
  }
  return ctx
}
const q = (s: number[], p: number) => { const x = Float64Array.from(s).sort(); return (x[Math.min(x.length - 1, Math.floor(x.length * p))] ?? 0) }
const BURST = 40
const counts = [0, 100]
const ctxs = new Map<number, Ctx>()
for (const c of counts) ctxs.set(c, await setup(`t${c}`, c))
for (const [what, group, rounds] of [['single', 1, 60], ['group64', 64, 30]] as const) {
  const s = new Map(counts.map((c) => [c, [] as number[]]))
  const lag = new Map(counts.map((c) => [c, [] as number[]]))
  for (const c of ctxs.values()) c.lat.length = 0
  for (let r = 0; r < rounds; r += 1) for (let k = 0; k < counts.length; k += 1) {
    const c = counts[(r + k) % counts.length]!
    const ctx = ctxs.get(c)!
    const b = performance.now()
    for (let n = 0; n < BURST; n += 1) await Promise.all(Array.from({ length: group }, () => ctx.log.append(payload).then((q) => { ctx.ack[q] = performance.now() })))
    s.get(c)!.push((performance.now() - b) / BURST)
    const t0 = performance.now(); while (ctx.seen < c * ctx.log.lastSequence) await new Promise((f) => setTimeout(f, 2)); lag.get(c)!.push(performance.now() - t0)
  }
  for (const c of counts) {
    const x = s.get(c)!, base = s.get(0)!
    const ctx = ctxs.get(c)!
    console.log(what, c, 'p50', q(x, .5).toFixed(3), 'p99', q(x, .99).toFixed(3), 'ratio(throughput)', (q(base, .5) / q(x, .5)).toFixed(2), 'lat p50us', (1000 * q(ctx.lat, .5)).toFixed(0), 'p99us', (1000 * q(ctx.lat, .99)).toFixed(0), 'drain ms', q(lag.get(c)!, .5).toFixed(1), 'seen', ctx.seen, 'of', c * ctx.log.lastSequence)
  }
}
for (const c of ctxs.values()) await c.log.close()
rmSync(dir, { recursive: true })
