import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeMessage, MessageReader, type WriterMessage } from '../src/messages.ts'

const acknowledged: fc.Arbitrary<WriterMessage> = fc.record({
  kind: fc.constant('acknowledged'),
  sequences: fc.array(fc.integer({ min: 1, max: 1e9 })),
  syncMs: fc.integer({ min: 0, max: 1000 }),
})

describe('messages of a child', () => {
  it('arrive whole however the pipe cuts them, and a last one that a kill cut short does not arrive', () => {
    const property = fc.property(fc.array(acknowledged), fc.nat(), fc.array(fc.nat()), (messages, cut, cuts) => {
      const text = messages.map(encodeMessage).join('')
      const received = text.slice(0, text.length - (cut % (text.length + 1)))
      const reader = new MessageReader()
      const heard: WriterMessage[] = []
      let from = 0
      for (const size of [...cuts.map((value) => value % 50), received.length]) {
        heard.push(...reader.read(received.slice(from, from + size)))
        from += size
      }
      expect(heard).toEqual(messages.slice(0, received.split('\n').length - 1))
    })
    fc.assert(property)
  })
})
