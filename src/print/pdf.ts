import pdfmake, { type Content, type TextContent } from 'pdfmake'
import roboto from 'pdfmake/build/fonts/Roboto.js'
import type { Block, PrintDocument, Stamp, TableBlock } from './document.ts'
import { foot, stampLines } from './stamp.ts'

for (const [name, { data }] of Object.entries(roboto.vfs))
  pdfmake.virtualfs.writeFileSync(name, data, 'base64')
pdfmake.setFonts(roboto.fonts)
// What is printed comes from what people typed: an address in it opens nothing.
pdfmake.setUrlAccessPolicy(() => false)
pdfmake.setLocalAccessPolicy(() => false)

const MARGIN = 28
const HEADING = 9
const TEXT = 7
const HEAD = 6

/** Lines as thin as those of a paper form, and cells as close. */
const FORM_LINES = {
  hLineWidth: () => 0.4,
  vLineWidth: () => 0.4,
  paddingLeft: () => 1.5,
  paddingRight: () => 1.5,
  paddingTop: () => 1,
  paddingBottom: () => 1,
}

/**
 * A document as PDF/A-1b (ISO 19005-1): fonts embedded, sRGB named, no encryption, nothing from outside. The same
 * document and stamp give the same bytes wherever and whenever it is made: times and ids in it follow from the stamp.
 */
export async function writePdf(document: PrintDocument, stamp: Stamp): Promise<Uint8Array> {
  const { title, paper, orientation } = document
  const at = new Date(stamp.generatedAt)
  const written = await pdfmake
    .createPdf({
      subset: 'PDF/A-1b',
      version: '1.4',
      lang: 'ru',
      info: {
        title,
        subject: stamp.snapshot.id,
        author: stamp.school,
        creator: 'Letopis',
        producer: 'Letopis',
        creationDate: at,
        modDate: at,
      },
      pageSize: paper,
      pageOrientation: orientation,
      pageMargins: [MARGIN, MARGIN, MARGIN, MARGIN + 8],
      defaultStyle: { font: 'Roboto', fontSize: TEXT },
      // pdfmake keeps notes in what it is given: everything here is made anew for each document.
      content: contentOf(document, stamp),
      footer: (page, pages) => ({
        margin: [MARGIN, 8, MARGIN, 0],
        fontSize: 6,
        columns: [
          { text: foot(stamp), width: '*' },
          { text: `стр. ${page} из ${pages}`, alignment: 'right', width: 70 },
        ],
      }),
    })
    .getBuffer()
  return new Uint8Array(written)
}

function contentOf({ title, head, blocks }: PrintDocument, stamp: Stamp): Content[] {
  return [
    { text: stamp.school, alignment: 'center', fontSize: HEADING },
    { text: title, alignment: 'center', bold: true, fontSize: HEADING + 3, margin: [0, 2, 0, 4] },
    {
      text: head.flatMap(([label, value], at) => [
        { text: `${at === 0 ? '' : '    '}${label}: ` },
        { text: value, bold: true },
      ]),
      fontSize: HEADING,
      margin: [0, 0, 0, 4],
    },
    ...blocks.map(blockContent),
    stampContent(stamp),
  ]
}

function blockContent(block: Block): Content {
  switch (block.kind) {
    case 'heading':
      return {
        text: block.text,
        bold: true,
        fontSize: HEADING,
        margin: [0, 6, 0, 3],
        ...(block.newSheet === true ? { pageBreak: 'before' } : {}),
      }
    case 'text':
      return { text: block.text, margin: [0, 2, 0, 2] }
    case 'table':
      return tableContent(block)
    default:
      return {
        margin: [0, 14, 0, 4],
        unbreakable: true,
        fontSize: HEADING,
        stack: [
          ...block.of.map(
            (who): Content => ({
              text: `${who}  ____________________  /______________________________/      «____» ______________ 20____ г.`,
              margin: [0, 6, 0, 0],
            }),
          ),
          ...(block.seal ? [{ text: 'М.П.', margin: [0, 12, 0, 0] } as const] : []),
        ],
      }
  }
}

function tableContent({ columns, rows, rowHeight }: TableBlock): Content {
  const cell = (text: string, at: number): TextContent => ({
    text,
    alignment: columns[at]!.align ?? 'left',
  })
  return {
    margin: [0, 0, 0, 4],
    layout: FORM_LINES,
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: columns.map(({ width }) => (width === 'rest' ? '*' : width)),
      ...(rowHeight === undefined ? {} : { heights: (row: number) => (row === 0 ? 'auto' : rowHeight) }),
      body: [
        columns.map(
          ({ head }): TextContent => ({ text: head, bold: true, fontSize: HEAD, alignment: 'center' }),
        ),
        ...rows.map((cells) => cells.map(cell)),
      ],
    },
  }
}

function stampContent(stamp: Stamp): Content {
  const lines = stampLines(stamp).map(
    ([label, value]): Content => ({
      text: [{ text: `${label}: ` }, { text: value, bold: true }],
    }),
  )
  const { checkpoint } = stamp
  if (checkpoint === null) return { stack: lines, margin: [0, 8, 0, 0], unbreakable: true }
  return {
    margin: [0, 8, 0, 0],
    unbreakable: true,
    columns: [
      { stack: [...lines, { text: checkpoint, margin: [0, 3, 0, 0] }], width: '*' },
      { qr: checkpoint, fit: 110, eccLevel: 'M', width: 120, alignment: 'right' },
    ],
  }
}
