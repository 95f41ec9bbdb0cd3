import { describe, expect, it } from 'vitest'
import { colourStyle, placeholder, standalone, tidySvg } from '../../src/report/svg.ts'
import { colours, type Colour } from '../../src/report/styles.ts'

const head = '<svg width="10" height="10" xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 10 10">'

describe('a tidy picture', () => {
  it('names its colours and has a title', () => {
    const names = Object.keys(colours) as Colour[]
    const drawn = names.map((name) => `<path d="M0 0" stroke="${placeholder(name)}"></path>`)
    const svg = tidySvg(`${head}${drawn.join('')}</svg>`, 'this & that')
    expect([...svg.matchAll(/stroke="var\(--(\w+)\)"\/>/g)].map(([, name]) => name)).toEqual(names)
    expect(svg).toContain('<title>this &amp; that</title>')
  })

  it('has what is seen, to a tenth of a pixel', () => {
    const path = '<path d="M1.23456 2.5L-0.0001 7" class="c" pointer-events="visible" fill="none" stroke="#000"></path>'
    const unseen = '<path d="M0 0L1 1Z" fill="rgb(0,0,0)" fill-opacity="0"></path><path d="M0 0" fill="none"></path>'
    const round = 'M1 0A1 1 0 1 1 1 -0.1A1 1 0 0 1 1 0'
    const dot = `<path d="${round}" transform="matrix(3,0,0,3,4.56,7.89)" fill="#000"></path>`
    const rest = '<defs><clipPath id="c"></clipPath></defs><style ><![CDATA[\n.c:hover {}\n]]>\n</style>'
    const svg = tidySvg(`${head}<g clip-path="url(#c)">${path}${unseen}${dot}</g>${rest}</svg>`, '')
    expect(svg.slice(svg.indexOf('</title>')).split('><')).toEqual([
      '</title',
      'path d="M1.2 2.5L-0.0001 7" fill="none" stroke="#000"/',
      'circle r="3" cx="4.6" cy="7.9" fill="#000"/',
      '/svg>',
    ])
  })
})

describe('a picture that stands alone', () => {
  it('brings the colours that it uses, for both themes, and its ground', () => {
    const svg = standalone(tidySvg(`${head}<path d="M0 0" stroke="${placeholder('v1')}"></path></svg>`, ''))
    const [light, dark] = colours.v1
    expect(svg).toMatch(new RegExp(`--v1:${light}[^]*prefers-color-scheme:dark[^]*--v1:${dark}`))
    expect(svg).toContain('fill="var(--paper)"')
    expect(svg).not.toContain('--v2')
  })

  it('has no line that is too long, and says the same', () => {
    const path = `<path d="M0 0${'L10.5 20.5 '.repeat(50)}" stroke="#000"/>`
    const svg = standalone(`${head}<title></title>\n${path}\n</svg>`)
    expect(svg.split('\n').every((line) => line.length <= 120)).toBe(true)
    expect(svg.replaceAll('\n', ' ')).toContain(path)
    const unbroken = `<path d="${'M0,0'.repeat(50)}"/>`
    expect(standalone(`${head}<title></title>${unbroken}</svg>`)).toContain('M0,0'.repeat(50))
  })
})

it('the colours of a page are there for both themes', () => {
  for (const name of Object.keys(colours)) expect(colourStyle(':root').split(`--${name}:#`), name).toHaveLength(3)
})
