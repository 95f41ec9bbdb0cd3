// The laboratory: has the storage to itself while the log is closed, damages it, looks at it, and measures it.
import type { LabAnswers, LabReply, LabRequest } from '../logic/asks.ts'
import { failureOf } from '../logic/failure.ts'
import { Bench } from './bench.ts'
import { flip, readIntact, remove } from './damage.ts'

const scope = globalThis as unknown as DedicatedWorkerGlobalScope

let bench: Promise<Bench> | undefined

function answer(request: LabRequest): Promise<LabAnswers[keyof LabAnswers]> {
  switch (request.kind) {
    case 'flip':
      return flip(request.file, request.position, request.mask)
    case 'intact':
      return readIntact()
    case 'remove':
      return remove(request.directory)
    case 'bench-turn':
      bench ??= Bench.open()
      return bench.then((opened) => opened.turn(request.payload))
    case 'bench-bursts':
      return finish(request.payload)
  }
}

async function finish(payload: Uint8Array): Promise<LabAnswers['bench-bursts']> {
  bench ??= Bench.open()
  const opened = await bench
  bench = undefined
  const burst = await opened.bursts(payload)
  await opened.end()
  return burst
}

async function reply(request: LabRequest): Promise<LabReply> {
  try {
    return { ok: true, value: await answer(request) }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

scope.addEventListener('message', ({ data }: MessageEvent<LabRequest>) => {
  void reply(data).then((message) => { scope.postMessage(message) })
})
