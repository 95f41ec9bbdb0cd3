import { setTimeout as pause } from 'node:timers/promises'
import type { Inbox } from '../driver/inbox.ts'

/** Until the writer has told of so many acknowledgements. @throws Error when it fails or is refused before. */
export async function acknowledgements(inbox: Inbox, count: number): Promise<void> {
  await inbox.first('opened')
  await acknowledged(inbox, count)
}

/** The same, of whoever has the log open. */
export async function acknowledged(inbox: Inbox, count: number): Promise<void> {
  const began = performance.now()
  while (inbox.all('acknowledged').length < count) {
    const [refused] = inbox.all('refused') as readonly string[]
    if (refused !== undefined) throw new Error(`the writer was refused: ${refused}`)
    if (performance.now() - began > 60_000) throw new Error(`no ${count} acknowledgements within a minute`)
    await pause(1)
  }
}
