import { hash } from 'node:crypto'
import { z } from 'zod'
import { decode, type Decoded, registry } from '#events/registry.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import type { Disclosure } from '#integrity/privacy/personal-texts.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import type { ArchiveScope } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Said, saidBy } from './disclosures.ts'
import { foldRecord, type FoldState, newFold } from './fold.ts'
import { type Form, formOf } from './forms.ts'
import { FORMAT } from './format-text.ts'
import { contentDigest, inOrder, manifestOf } from './manifest-lines.ts'
import type { Gathered } from './scope.ts'
import type { ZipFile } from './stored-zip.ts'
import { csv, formTable, historyTable, html, type Names, type Row } from './tables.ts'

/** An operation without effect, as the package lists it: void by п. 4.4, or annulled by an order. */
export interface VoidOperation {
  readonly event: Uuid
  readonly how: 'void' | 'annulled'
  readonly incident: string
}

/** What a package holds that follows from the events: everything but the proofs. */
export interface Content {
  readonly files: readonly ZipFile[]
  readonly contentDigest: string
  readonly voidSetDigest: string
}

export interface ContentOf {
  readonly school: SchoolSlug
  readonly scope: ArchiveScope
  readonly gathered: Gathered
  /** The place of every record of the scope in the sealed log, by event id. */
  readonly places: ReadonlyMap<Uuid, number>
  readonly names: Names
  readonly voided: readonly VoidOperation[]
  /** What the sealed texts of the records say, as far as their keys are there. */
  readonly disclosures: readonly Disclosure[]
  /** More files below `data/`, such as forms of paper: they must be the same bytes for the same form. */
  readonly printed?: (form: Form, names: Names) => Promise<readonly ZipFile[]>
}

/** The same streams give the same bytes, wherever and whenever it is made. */
export async function contentOf({
  school,
  scope,
  gathered,
  places,
  names,
  voided,
  disclosures,
  printed,
}: ContentOf): Promise<Content> {
  const records = gathered.streams
    .flatMap((stream) => stream.records)
    .map((record) => ({ record, place: places.get(record.id)! }))
    .toSorted((a, b) => a.place - b.place)
  const lineOf = new Map(records.map(({ record }, i) => [record.id, i]))
  const shownDisclosures = disclosures.flatMap(({ event, disclosure }) => {
    const line = lineOf.get(event)
    return line === undefined || disclosure === null ? [] : [{ line, disclosure }]
  })
  const isVoid = new Set<string>(voided.map(({ event }) => event))
  const state =
    scope.kind === 'pupil'
      ? gathered.state
      : foldOf(
          records.map(({ record }) => record),
          isVoid,
          saidBy(shownDisclosures.map(({ disclosure }) => disclosure)),
        )
  const { name, form } = formOf(school, scope, state)
  const named = (persons: readonly Uuid[]): Names =>
    new Map(persons.flatMap((id) => (names.has(id) ? [[id, names.get(id)!]] : [])))
  const shown = named(personsIn(form))
  const lines = records.map(({ record }) => `${record.canonical}\n`).join('')
  const files: ZipFile[] = [
    text(`data/${name}.json`, canonicalJson(form)),
    text(`data/${name}.csv`, csv(formTable(form, shown))),
    text(`data/${name}.html`, html(form, shown)),
    text(
      'data/names.ndjson',
      inOrder(shown.keys())
        .map((id) => `${canonicalJson({ id, name: shown.get(id as Uuid)! })}\n`)
        .join(''),
    ),
    ...(shownDisclosures.length === 0
      ? []
      : [
          text(
            'data/disclosures.ndjson',
            shownDisclosures
              .map(({ line, disclosure }) => `${canonicalJson({ i: line, d: disclosure })}\n`)
              .join(''),
          ),
        ]),
    text('data/log/events.ndjson', lines),
    text('data/log/index.txt', records.map(({ place }) => `${place}\n`).join('')),
    text('data/log/void.json', canonicalJson(voidIds(voided))),
    text(
      'data/voided.csv',
      csv(
        voidTable(
          records.map(({ record }) => record),
          voided,
        ),
      ),
    ),
    ...(scope.kind === 'pupil' ? [] : [text('data/history.csv', csv(historyTable(state, shown)))]),
    text('data/spec/FORMAT.md', FORMAT),
    ...schemas(records.map(({ record }) => record.type)),
    ...((await printed?.(form, shown)) ?? []),
  ]
  return {
    files,
    contentDigest: contentDigest(manifestOf('sha512', files)),
    voidSetDigest: voidSetDigest(voidIds(voided)),
  }
}

const text = (name: string, of: string): ZipFile => ({ name, bytes: Buffer.from(of) })

function foldOf(records: readonly RecordedEvent[], isVoid: ReadonlySet<string>, said?: Said): FoldState {
  const state = newFold()
  for (const record of records) {
    const decoded: Decoded | null = decode(record)
    if (decoded !== null && !isVoid.has(record.id)) foldRecord(state, decoded, said)
  }
  return state
}

export const voidIds = (voided: readonly VoidOperation[]): string[] =>
  inOrder(voided.map(({ event }) => event))

/** SHA-256 over the canonical JSON of the ids, in order. */
export function voidSetDigest(ids: readonly string[]): string {
  return hash('sha256', canonicalJson(ids))
}

function voidTable(records: readonly RecordedEvent[], voided: readonly VoidOperation[]): Row[] {
  const known = new Map(records.map((record) => [record.id, record]))
  const lines = voided.map(({ event, how, incident }): Row => {
    const record = known.get(event)
    const meta = record?.meta as { at?: string; by?: string } | undefined
    return [
      event,
      record?.stream,
      Number(record?.revision ?? 0),
      record?.type,
      meta?.at,
      meta?.by,
      how,
      incident,
    ]
  })
  return [
    ['событие', 'поток', 'ревизия', 'тип', 'когда', 'учётная запись', 'как', 'нарушение доступа'],
    ...lines,
  ]
}

/** Everybody whom the form shows: pupils, teachers, commissions; never an account. */
export function personsIn(form: Form): Uuid[] {
  const beside = [
    ...form.attestations.flatMap(({ pupil, commission }) => [pupil, ...commission]),
    ...form.credited.map(({ pupil }) => pupil),
    ...form.forms.map(({ pupil }) => pupil),
  ]
  return [...new Set([...personsOn(form), ...beside])]
}

function personsOn(form: Form): Uuid[] {
  switch (form.form) {
    case 'letopis-extract':
      return [form.pupil]
    case 'letopis-summary':
      return form.pupils.map(({ pupil }) => pupil)
    default:
      return form.pages.flatMap(({ pupils, teachers, lessons, assessments }) => [
        ...pupils.map(({ pupil }) => pupil),
        ...teachers.map(({ staff }) => staff),
        ...lessons.map(({ teacher }) => teacher),
        ...[...lessons, ...assessments].flatMap(({ works }) =>
          works.flatMap(({ marks }) => marks.flatMap(({ credit }) => credit?.examiners ?? [])),
        ),
      ])
  }
}

/** Every person of a scope of whom a name may be asked for, before the form is there. */
export function personsOf({ state, streams }: Gathered): Uuid[] {
  const folded = foldOf(
    streams.flatMap(({ records }) => records),
    new Set(),
  )
  const units = [...state.units.values()].flatMap(({ members }) => members.map(({ pupil }) => pupil))
  const staff = [...folded.journals.values()].flatMap(({ teachers }) =>
    teachers.map((teacher) => teacher.staff),
  )
  const onPages = [...folded.pages.values()].flatMap(({ lessons, marks }) => [
    ...[...lessons.values()].map(({ teacher }) => teacher),
    ...[...marks.values()].flatMap(({ credit }) => credit?.examiners ?? []),
  ])
  const commissions = [...folded.beside.attestations.values()].flatMap(({ commission }) => commission)
  return [...new Set([...units, ...staff, ...onPages, ...commissions])]
}

/** The schemas of the types of the records, in their newest versions (JSON Schema 2020-12). */
function schemas(types: readonly string[]): ZipFile[] {
  return inOrder(new Set(types)).flatMap((type) => {
    const definition = registry[type as keyof typeof registry]
    if (definition === undefined) return []
    const schema = z.toJSONSchema(definition.data, { io: 'input', unrepresentable: 'any' })
    return [text(`data/spec/schemas/${type}.json`, canonicalJson({ ...schema, version: definition.v }))]
  })
}
