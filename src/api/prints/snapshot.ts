import type { Snapshot } from '#print/document.ts'
import type { TemplateId } from '#print/forms.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'

/** What is printed: enough to make the same content again, for whoever compares a sheet with the journal. */
export interface PrintAddress {
  readonly template: TemplateId
  /** The page, class or group, pupil, or whose data were erased; null is the school. */
  readonly of: Uuid | null
  readonly from: LocalDate | null
  readonly until: LocalDate | null
  /** The part that whoever printed it sees; null is the whole. */
  readonly part: Part | null
}

/** The columns of some journals, or the rows of some classes. */
export interface Part {
  readonly kind: 'journals' | 'classes'
  readonly ids: readonly Uuid[]
}

const TEMPLATES: readonly TemplateId[] = [
  'journal-page/1',
  'journal-page/2',
  'summary-sheet/1',
  'pupil-extract/1',
  'diary-week/1',
  'attendance-sheet/1',
  'substitution-log/1',
  'blank-page/1',
  'erasure-act/1',
]

/** Signs of the hash within the id: no two contents of one address share them by accident. */
const CODE = 16

/**
 *     journal-page.2.VFqkio9cXxSdVA0_OjpvAQ.-.-.-.316ac1b2041b1ea5
 *
 * Form and version, of what, from, until, part, and the first signs of the hash. The long ids are in base64url, so that
 * the whole fits on a line at the foot of a page.
 */
export function snapshotOf(
  { template, of, from, until, part }: Omit<PrintAddress, 'template'> & { readonly template: string },
  hash: string,
): Snapshot {
  const parts = part === null ? '-' : [part.kind, ...part.ids.map(short)].join('~')
  const id = [
    template.replace('/', '.'),
    of === null ? '-' : short(of),
    from ?? '-',
    until ?? '-',
    parts,
    hash.slice(0, CODE),
  ].join('.')
  return { id, hash }
}

/** The address that is written in a snapshot id, and the first signs of its hash; null where it is none. */
export function parseSnapshot(id: string): { readonly address: PrintAddress; readonly code: string } | null {
  const cells = id.split('.')
  if (cells.length !== 7) return null
  const [name, version, of, from, until, part, code] = cells as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const template = TEMPLATES.find((known) => known === `${name}/${version}`)
  const address = {
    of: of === '-' ? null : long(of),
    from: from === '-' ? null : LocalDate.safeParse(from).data,
    until: until === '-' ? null : LocalDate.safeParse(until).data,
    part: part === '-' ? null : parsePart(part),
  }
  const { of: subject, from: first, until: last, part: cut } = address
  if (template === undefined || subject === undefined || first === undefined || last === undefined)
    return null
  if (cut === undefined || !new RegExp(`^[0-9a-f]{${CODE}}$`).test(code)) return null
  return { address: { template, of: subject, from: first, until: last, part: cut }, code }
}

function parsePart(text: string): Part | undefined {
  const [kind, ...rest] = text.split('~')
  const ids = rest.map(long)
  if ((kind !== 'journals' && kind !== 'classes') || !ids.every((id) => id !== undefined)) return undefined
  return { kind, ids }
}

function short(id: Uuid): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
}

function long(text: string): Uuid | undefined {
  const hex = Buffer.from(text, 'base64url').toString('hex')
  const dashed = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return Uuid.safeParse(dashed).data
}
