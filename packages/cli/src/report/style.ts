import { Markup } from './markup.ts'

/** Of the whole page; light or dark as the reader's system is. No font or picture comes from elsewhere. */
export const style: Markup = new Markup(`
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1c2330; --quiet: #5c6675; --line: #dde1e8; --track: #e9ecf1;
  --frames: #2563a8; --used: #cfdff0; --header: #44505f; --good: #1a7f4b; --warning: #9a6200; --bad: #c02626;
  --good-soft: #e3f4ea; --warning-soft: #fdf1d8; --bad-soft: #fde8e8; --floor: #7a3fb5; --checkpoint: #0d7f86 }
@media (prefers-color-scheme: dark) { :root {
  --page: #12151b; --card: #1b2028; --text: #e4e8ee; --quiet: #98a3b3; --line: #2e3541; --track: #2a313c;
  --frames: #6aaef5; --used: #2b4361; --header: #9aa7b8; --good: #5fd597; --warning: #f0b84c; --bad: #ff7b72;
  --good-soft: #173425; --warning-soft: #3a2c10; --bad-soft: #431c1d; --floor: #c191f2; --checkpoint: #4fcbd3 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif }
main { max-width: 1240px; margin: 0 auto; padding: 20px }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px 20px;
  margin: 0 0 16px }
h1 { font-size: 26px; margin: 0 0 4px } h2 { font-size: 18px; margin: 0 0 10px } h3 { font-size: 15px; margin: 0 0 6px }
p { margin: 4px 0 } .quiet { color: var(--quiet); font-size: 13px } a { color: var(--frames) }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 13px }
code { overflow-wrap: anywhere } h3 code { font-weight: normal; color: var(--quiet) }
.verdict { border-left: 8px solid var(--good) } .verdict .word { text-transform: uppercase; color: var(--good) }
.verdict.torn { border-left-color: var(--warning); background: var(--warning-soft) }
.verdict.torn .word { color: var(--warning) }
.verdict.corrupt, .verdict.unreadable { border-left-color: var(--bad); background: var(--bad-soft) }
.verdict.corrupt .word, .verdict.unreadable .word { color: var(--bad) }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 8px 20px; margin: 0 }
.facts dt { color: var(--quiet); font-size: 12px } .facts dd { margin: 0; overflow-wrap: anywhere }
article { border-top: 1px solid var(--line); padding: 12px 0 } article:last-child { padding-bottom: 0 }
article dl { display: grid; grid-template-columns: 110px 1fr; gap: 2px 12px; margin: 6px 0 }
article dt { color: var(--quiet) } article dd { margin: 0; overflow-wrap: anywhere }
.tag { display: inline-block; padding: 0 8px; border-radius: 10px; font-size: 12px; font-weight: 600; line-height: 20px;
  background: var(--track); color: var(--quiet) }
.tag.intact { background: var(--good-soft); color: var(--good) }
.tag.torn, .tag.noted { background: var(--warning-soft); color: var(--warning) }
.tag.corrupt, .tag.unreadable { background: var(--bad-soft); color: var(--bad) }
.hex { background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 10px; overflow-x: auto;
  margin: 8px 0 0 }
.hex .offset { color: var(--quiet) } .hex mark { background: var(--bad); color: var(--card); font-weight: 700 }
.torn .hex mark { background: var(--warning) }
svg { display: block; width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: var(--text) }
svg .label, svg .axis { fill: var(--quiet) } svg .track { fill: var(--track) } svg .fill { fill: var(--frames) }
svg .grid { stroke: var(--line); stroke-width: 1 } svg .line { fill: none; stroke: var(--frames); stroke-width: 2 }
svg .dot { fill: var(--frames) } .bar .used { fill: var(--used) } .bar .frames { fill: var(--frames) }
.bar .header { fill: var(--header) } .bar .end { stroke: var(--header); stroke-width: 2 }
.bar .damage rect { fill: var(--bad); fill-opacity: .75 } .bar .damage path { fill: var(--bad) }
.bar .torn rect { fill: var(--warning); fill-opacity: .55 } .bar .torn path { fill: var(--warning) }
.bar .floor line { stroke: var(--floor); stroke-width: 2 } .bar .floor path { fill: var(--floor) }
.bar .checkpoint line { stroke: var(--checkpoint); stroke-width: 2 } .bar .checkpoint circle { fill: var(--checkpoint) }
.bar.archived { opacity: .45 } .cells .cell { fill: var(--frames) } .cells .archived .cell { fill: var(--used) }
.cells .corrupt .cell, .cells .unknown .cell { fill: var(--bad) } .cells .torn .cell { fill: var(--warning) }
.cells .active .cell { fill: var(--good) }
.segment { border-top: 1px solid var(--line); padding: 8px 0 } .segment svg { margin: 2px 0 }
.unread { color: var(--bad) }
.legend { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; color: var(--quiet); font-size: 13px;
  margin: 0 0 8px }
.legend span { display: inline-flex; align-items: center; margin-right: 10px }
.legend i { width: 14px; height: 14px; border-radius: 3px; display: inline-block; margin-right: 6px }
.legend .header { background: var(--header) } .legend .frames { background: var(--frames) }
.legend .free { background: var(--track); border: 1px solid var(--line) } .legend .floor { background: var(--floor) }
.legend .checkpoint { background: var(--checkpoint); border-radius: 50% } .legend .damage { background: var(--bad) }
.legend .torn { background: var(--warning) }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); gap: 24px }
figure { margin: 0; min-width: 0 } figcaption { font-weight: 600; margin-bottom: 6px }
table { border-collapse: collapse; width: 100% }
th { text-align: left; color: var(--quiet); font-weight: 500; font-size: 13px }
th, td { padding: 3px 16px 3px 0; border-bottom: 1px solid var(--line) }
.number { text-align: right; font-variant-numeric: tabular-nums }
summary { cursor: pointer } summary h2 { display: inline; } footer { color: var(--quiet); font-size: 13px }
@media print { body { background: #fff } section { break-inside: avoid } }
`)
