import { schoolFold } from '#commands/school/state.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { streamName } from '#events/stream-name.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import type { Names, Paper, Stamp } from '#print/document.ts'
import { contentHash, type PrintForm, renderHtml, renderPdf, type Writing } from '#print/forms.ts'
import type { Uuid } from '#values/uuid.ts'
import { namesOf } from '../views/names.ts'
import type { Answer, Asked } from '../views/view.ts'
import { collect } from './collect.ts'
import { type PrintAddress, snapshotOf } from './snapshot.ts'

/** What a printout has beyond its address. */
export interface Printing {
  readonly paper?: Paper
  /** The number and the recipient of a printout that is registered. */
  readonly printout?: Uuid
  readonly issuedTo?: Uuid | null
}

/** A form as it is about to be written. */
interface Prepared {
  readonly form: PrintForm
  readonly writing: Writing
}

/** Collects an address and stamps it: who prints it, when, and by what it can be checked. */
export async function prepare(
  asked: Asked<unknown>,
  address: PrintAddress,
  { paper, printout, issuedTo = null }: Printing = {},
): Promise<Prepared> {
  const { actor, school, parts } = asked
  const { form, people } = await collect(asked, address)
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

export type Format = 'pdf' | 'html'

/** A form as a file. */
export async function printed(
  asked: Asked<unknown>,
  address: PrintAddress,
  format: Format,
  printing: Printing = {},
): Promise<Answer> {
  const { form, writing } = await prepare(asked, address, printing)
  const name = fileName(address)
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
