import { DEFAULT_ZONE } from '#commands/school-year/state.ts'
import { snapshotOf } from '#api/prints/snapshot.ts'
import { parseStreamName, type StreamName } from '#events/stream-name.ts'
import type { Form } from '#integrity/archive/forms.ts'
import type { Gathered } from '#integrity/archive/scope.ts'
import type { ZipFile } from '#integrity/archive/stored-zip.ts'
import type { Names } from '#integrity/archive/tables.ts'
import type { Sealed } from '#integrity/sealed-log.ts'
import { contentHash } from '#print/forms.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import { printAll } from './print-shop.ts'
import { papersOf } from './printed-forms.ts'

export interface Printing {
  readonly school: SchoolSlug
  readonly gathered: Gathered
  readonly form: Form
  readonly names: Names
  readonly checkpoint: Sealed
  readonly tell: (phase: `printing ${number}/${number}`) => void
}

/**
 * The forms of paper of a package, PDF/A-1b: what is stitched, signed and sealed (R-3.4c). Nothing in them is of the hour
 * in which they are made: they are stamped with the last of the records and with the first checkpoint that covers them.
 */
export async function printedFiles(printing: Printing): Promise<ZipFile[]> {
  const { school, gathered, form, names, checkpoint, tell } = printing
  const papers = papersOf(form)
  const stamp = {
    school: form.school.name ?? school,
    generatedAt: lastRecordOf(gathered),
    zone: gathered.state.year?.zone ?? DEFAULT_ZONE,
    by: null,
    issuedTo: null,
    printout: null,
    checkpoint: withoutWitnesses(checkpoint.note),
  }
  const orders = papers.map((paper) => {
    const address = { template: paper.form.template, of: paper.of, from: null, until: null, part: null }
    const snapshot = snapshotOf(address, contentHash(paper.form))
    return { form: paper.form, writing: { names, stamp: { ...stamp, snapshot } } }
  })
  tell(`printing 0/${orders.length}`)
  const written = await printAll(orders, (done) => tell(`printing ${done}/${orders.length}`))
  return papers.map(({ file }, at) => ({ name: file, bytes: Buffer.from(written[at]!) }))
}

export const isOfPage = (stream: StreamName): boolean => parseStreamName(stream)?.category === 'journalPage'

/** When the last record was written of which the forms are made. */
function lastRecordOf({ streams }: Gathered): Instant {
  const all = streams.flatMap(({ stream, last, records }) => [
    ...records,
    ...(isOfPage(stream) ? [last] : []),
  ])
  return all
    .map(({ meta }) => meta['at'] as Instant)
    .toSorted()
    .at(-1)!
}

/** A checkpoint as the log signed it: what witnesses add to it comes later, and would make another file. */
function withoutWitnesses(note: string): string {
  const end = note.indexOf('\n\n') + 2
  const origin = note.slice(0, note.indexOf('\n'))
  const own = note
    .slice(end)
    .split('\n')
    .filter((line) => line.startsWith(`— ${origin} `))
  return `${note.slice(0, end)}${own.join('\n')}\n`
}
