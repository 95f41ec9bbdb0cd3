import type { Browser, Page } from 'puppeteer-core'

const limitMs = 60_000

/** The page as somebody uses it: what is pressed, and what is read, by test id. */
export class Playground {
  readonly page: Page
  /** What went wrong in it without being shown. */
  readonly errors: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => { this.errors.push(String(error)) })
  }

  static async open(browser: Browser, origin: string, width = 1280, height = 800): Promise<Playground> {
    const page = await browser.newPage()
    await page.setViewport({ width, height })
    const playground = new Playground(page)
    await page.goto(origin)
    await playground.until('role', (text) => text.startsWith('here') || text.startsWith('in '))
    return playground
  }

  async press(id: string): Promise<void> {
    await this.page.bringToFront()
    await this.page.waitForSelector(`${selector(id)}:not(:disabled)`, { timeout: limitMs })
    await this.page.$eval(selector(id), (element) => { (element as unknown as { click(): void }).click() })
  }

  /** Fills in a field, and tells the page. */
  async fill(id: string, value: string): Promise<void> {
    await this.page.$eval(
      selector(id),
      (element, text) => {
        const field = element as unknown as { value: string; dispatchEvent(event: Event): void }
        field.value = text
        for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }))
      },
      value,
    )
  }

  /** The text of an element; empty while it is not shown. */
  async text(id: string): Promise<string> {
    return await this.page.$eval(selector(id), (element) => {
      const { innerText, offsetParent } = element as unknown as { innerText: string; offsetParent: unknown }
      return offsetParent === null ? '' : innerText.trim()
    })
  }

  /** The number that an element says. */
  async number(id: string): Promise<number> {
    return numberIn(await this.text(id))
  }

  /** The states of the layers, the newest first. */
  async layers(): Promise<readonly { readonly name: string; readonly state: string }[]> {
    return await this.page.$$eval(selector('layer'), (rows) => rows.map((row) => {
      const { dataset } = row as unknown as { dataset: { name: string; state: string } }
      return { name: dataset.name, state: dataset.state }
    }))
  }

  /** Waits until the text of an element is as it should be, and returns it. */
  async until(id: string, isSo: (text: string) => boolean): Promise<string> {
    const began = performance.now()
    for (;;) {
      const text = await this.text(id)
      if (isSo(text)) return text
      if (performance.now() - began > limitMs) {
        throw new Error(`'${id}' says '${text}' after ${limitMs} ms; the page: ${await this.text('failure')}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** `1,024` as 1024, wherever it stands. */
export function numberIn(text: string): number {
  return Number(/\d[\d,]*/.exec(text)?.[0].replaceAll(',', '') ?? Number.NaN)
}

function selector(id: string): string {
  return `[data-testid="${id}"]`
}
