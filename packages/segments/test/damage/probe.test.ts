import { it } from 'vitest'
import { writeFileSync } from 'node:fs'
import { buildImage, recordsIn, withFile } from '../support/damage-image.ts'
import { segmentsOf } from '../support/log-files.ts'
it('shape', () => {
  const out: string[] = []
  for (const extra of [{}, { commitAlignment: 'block', blockBytes: 256 }] as const) {
    const image = buildImage(extra)
    out.push(String(image.records.length))
    for (const s of segmentsOf(image.snapshot)) out.push(`${s.name} size=${s.bytes.length} cut=${s.header.cut} born=${s.header.bornEnd} cap=${s.header.capacity} ${s.frames.map((f) => `${f.kind[0]}${f.position}`).join(' ')}`)
    const t = performance.now()
    const name = segmentsOf(image.snapshot)[0]!.name
    const b = image.snapshot.files.get(name)!
    let n = 0
    for (let i = 0; i < 1000; i++) { const c = b.slice(); c[4000 + (i % 32)]! ^= 1; try { recordsIn(withFile(image.snapshot, name, c), image.options) } catch { n += 1 } }
    out.push(`ms per open+read ${(performance.now() - t) / 1000} failed ${n}`)
  }
  writeFileSync('/tmp/damage/shape.txt', out.join('\n'))
})
