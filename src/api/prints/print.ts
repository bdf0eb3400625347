import { hash } from 'node:crypto'
import { schoolFold } from '#commands/school/state.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { streamName } from '#events/stream-name.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import type { Names, Paper, Stamp } from '#print/document.ts'
import { contentHash, type PrintForm, renderHtml, renderPdf, type Writing } from '#print/forms.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { namesOf } from '../views/names.ts'
import type { Answer, Asked } from '../views/view.ts'
import { collect } from './collect.ts'
import type { Collected } from './page-contents.ts'
import type { PrintParts } from './print-parts.ts'
import { pupilExtractForm } from './pupil-forms.ts'
import { type PrintAddress, snapshotOf } from './snapshot.ts'

/** What a printout has beyond its address. */
export interface Printing {
  readonly paper?: Paper
  /** The number and the recipient of a printout that is registered. */
  readonly printout?: Uuid
  readonly issuedTo?: Uuid | null
}

/** What stands in the snapshot of a sheet, also of one that is not made again from it. */
type SheetAddress = Parameters<typeof snapshotOf>[0]

/** A form as it is about to be written. */
interface Prepared {
  readonly form: PrintForm
  readonly writing: Writing
}

/** Collects an address and stamps it. */
export async function prepare(
  asked: Asked<unknown>,
  address: PrintAddress,
  printing: Printing = {},
): Promise<Prepared> {
  return stamped(asked, address, await collect(asked, address), printing)
}

/** A form with what stands on every sheet: who prints it, when, and by what it can be checked. */
async function stamped(
  asked: Asked<unknown, PrintParts>,
  address: SheetAddress,
  { form, people }: Collected,
  { paper, printout, issuedTo = null }: Printing,
): Promise<Prepared> {
  const { actor, school, parts } = asked
  const name = await namesOf(asked, [...people, actor.person, issuedTo])
  const names: Names = new Map([...people].map((person) => [person, name(person)]))
  const known = await parts.execution.streams.load(schoolFold, streamName(school, 'school', WHOLE_SCHOOL))
  const sealed = await new SealedLog(parts.unhurried).newest()
  const stamp: Stamp = {
    school: known.state.name ?? school,
    generatedAt: parts.execution.clock(),
    zone: parts.zone,
    by: name(actor.person),
    issuedTo: issuedTo === null ? null : name(issuedTo),
    printout: printout ?? null,
    snapshot: snapshotOf(address, contentHash(form)),
    checkpoint: sealed?.note ?? null,
  }
  return { form, writing: { names, stamp, ...(paper === undefined ? {} : { paper }) } }
}

/** A file that was made to be registered, as the command says it that records it. */
export interface PrintedFile {
  /** What stands on it, for the register of reads. */
  readonly about: unknown
  readonly body: Buffer
  readonly file: {
    readonly printout: Uuid
    readonly template: string
    readonly snapshot: string
    readonly content: string
    readonly digest: string
    readonly bytes: number
  }
}

/** The file of an address under the number by which it is registered. */
export async function printedFile(
  asked: Asked<unknown>,
  address: PrintAddress,
  printing: Printing & { readonly printout: Uuid },
): Promise<PrintedFile> {
  return fileOf(await prepare(asked, address, printing), printing.printout)
}

/** The file of an extract, by no more of the service than it needs. */
export async function extractFile(
  asked: Asked<unknown, PrintParts>,
  { pupil, from, until }: { readonly pupil: Uuid; readonly from: LocalDate; readonly until: LocalDate },
  printing: Printing & { readonly printout: Uuid },
): Promise<PrintedFile> {
  const address = { template: 'pupil-extract/1', of: pupil, from, until, part: null } as const
  const collected = await pupilExtractForm(asked, { pupil, from, until })
  return fileOf(await stamped(asked, address, collected, printing), printing.printout)
}

async function fileOf({ form, writing }: Prepared, printout: Uuid): Promise<PrintedFile> {
  const body = Buffer.from(await renderPdf(form, writing))
  const { id: snapshot, hash: content } = writing.stamp.snapshot
  const digest = hash('sha256', body)
  return {
    body,
    about: form.content,
    file: { printout, template: form.template, snapshot, content, digest, bytes: body.length },
  }
}

export type Format = 'pdf' | 'html'

/** A form as a file. */
export async function printed(
  asked: Asked<unknown>,
  address: PrintAddress,
  format: Format,
  printing: Printing = {},
): Promise<Answer> {
  return writtenAs(format, fileName(address), await prepare(asked, address, printing))
}

/** A form that was collected without an address that `GET prints` could make it again from. */
export async function printedCollected(
  asked: Asked<unknown>,
  address: SheetAddress,
  collected: Collected,
  format: Format,
  name: string,
): Promise<Answer> {
  return writtenAs(format, name, await stamped(asked, address, collected, {}))
}

async function writtenAs(format: Format, name: string, { form, writing }: Prepared): Promise<Answer> {
  if (format === 'html') {
    return {
      body: renderHtml(form, writing),
      about: form.content,
      file: { type: 'text/html; charset=utf-8', name: `${name}.html` },
    }
  }
  const body = Buffer.from(await renderPdf(form, writing))
  return { body, file: { type: 'application/pdf', name: `${name}.pdf` }, about: form.content }
}

export function fileName({ template, of, from, until }: PrintAddress): string {
  return [template.replace('/', '-'), of, from, until].filter((part) => part !== null).join('-')
}
