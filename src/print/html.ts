import type { Block, PrintDocument, Stamp } from './document.ts'
import { foot, stampLines } from './stamp.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that can be nothing but text in a document. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]!)
}

/** A document as one HTML file: its style is in it, and it loads nothing and runs nothing. */
export function writeHtml(document: PrintDocument, stamp: Stamp): string {
  const { title, paper, orientation, head, blocks } = document
  const style = `@page{size:${paper} ${orientation};margin:10mm}body{font:10pt sans-serif;margin:1em}
h1{font-size:14pt;text-align:center}h2{font-size:11pt}h2.sheet{break-before:page}
table{border-collapse:collapse;margin:.5em 0;font-size:8pt}thead{display:table-header-group}tr{break-inside:avoid}
td,th{border:1px solid #000;padding:1px 3px;vertical-align:top}td.c,th{text-align:center}pre{font-size:8pt}`
  const lines = (of: ReadonlyArray<readonly [string, string]>) =>
    of.map(([label, value]) => `<li>${escaped(label)}: <b>${escaped(value)}</b></li>`).join('\n')
  const { checkpoint } = stamp
  return `<!DOCTYPE html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<p>${escaped(stamp.school)}</p>
<h1>${escaped(title)}</h1>
<ul>
${lines(head)}
</ul>
${blocks.map(blockText).join('\n')}
<footer>
<ul>
${lines(stampLines(stamp))}
</ul>
${checkpoint === null ? '' : `<pre>${escaped(checkpoint)}</pre>`}
<p>${escaped(foot(stamp))}</p>
</footer>
</body>
</html>
`
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2${block.newSheet === true ? ' class="sheet"' : ''}>${escaped(block.text)}</h2>`
    case 'text':
      return `<p>${escaped(block.text)}</p>`
    case 'signatures':
      return `${block.of.map((who) => `<p>${escaped(who)} ____________________ /____________________/</p>`).join('\n')}${
        block.seal ? '\n<p>М.П.</p>' : ''
      }`
    default: {
      const row = (cells: readonly string[]) =>
        `<tr>${cells
          .map((text, at) => {
            const centred = block.columns[at]!.align === 'center' ? ' class="c"' : ''
            return `<td${centred}>${escaped(text)}</td>`
          })
          .join('')}</tr>`
      const heads = block.columns.map(({ head }) => `<th>${escaped(head)}</th>`).join('')
      return `<table>\n<thead><tr>${heads}</tr></thead>\n<tbody>\n${block.rows.map(row).join('\n')}\n</tbody>\n</table>`
    }
  }
}
