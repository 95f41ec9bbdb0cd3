import { bytesCodec, jsonCodec, textCodec, type EntryCodec } from '@varve/codec'
import fc from 'fast-check'
import { byteChange } from './byte-changes.ts'
import { codeOf, must, type Change, type FuzzTarget, type Outcome } from './target.ts'

const json = jsonCodec<unknown>()

/** The entry, and whether it comes back; undefined when the bytes were refused as promised. */
function outcomeOf<Entry>(codec: EntryCodec<Entry>, bytes: Uint8Array): Outcome {
  let entry: Entry
  try {
    entry = codec.decode(bytes)
  } catch (error) {
    return `${codec.name} ${codeOf(error, ['INVALID_ARGUMENT'])}`
  }
  const again = codec.decode(codec.encode(entry))
  must(JSON.stringify(again) === JSON.stringify(entry), `${codec.name}: an entry that was decoded comes back`)
  return `${codec.name} ok`
}

function run(bytes: Uint8Array): Outcome {
  const copy = bytesCodec.decode(bytes)
  must(copy.buffer !== bytes.buffer && copy.length === bytes.length, 'bytes are copied out')
  const text = outcomeOf(textCodec, bytes)
  if (text.endsWith('ok')) {
    const encoded = textCodec.encode(textCodec.decode(bytes))
    must(encoded.every((byte, at) => byte === bytes[at]), 'UTF-8 that was decoded encodes to the same bytes')
    must(encoded.length === bytes.length, 'and to as many')
  }
  return `${text}, ${outcomeOf(json, bytes)}`
}

const utf8 = new TextEncoder()

const literal = fc
  .oneof(fc.json(), fc.string({ unit: 'binary' }))
  .map((text): Change => () => utf8.encode(text))

/** Deep enough that a parser which recurses without a limit would fall over. */
const deep = fc.constantFrom('[', '{"a":', '"').map((open): Change => () => utf8.encode(open.repeat(8000)))

const entries = ['{"id":1,"of":[null,true,"\u00e9"]}', 'plain', '', '\ufeffmark']

export const entryCodecsTarget: FuzzTarget = {
  name: 'entry-codecs',
  law: 'bytes are an entry that comes back, or INVALID_ARGUMENT',
  seeds: () => Promise.resolve(entries.map((text) => utf8.encode(text))),
  change: fc.oneof({ arbitrary: byteChange, weight: 6 }, { arbitrary: literal, weight: 3 }, deep),
  run,
}
