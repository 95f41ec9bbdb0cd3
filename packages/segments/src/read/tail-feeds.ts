import type { Visibility } from '../api/options.ts'
import { TailFeed } from './tail-feed.ts'
import type { LogView } from './view.ts'

/** The feeds of a log that this process writes: one for each way to see it that anybody follows. */
export class TailFeeds {
  readonly view: LogView
  readonly #feeds = new Map<Visibility | undefined, TailFeed>()

  constructor(view: LogView) {
    this.view = view
  }

  of(visibility: Visibility | undefined): TailFeed {
    const known = this.#feeds.get(visibility)
    if (known !== undefined) return known
    const feed = new TailFeed(this.view, visibility)
    this.view.moved.listen(feed)
    this.#feeds.set(visibility, feed)
    return feed
  }
}
