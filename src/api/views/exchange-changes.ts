import { z } from 'zod'
import { referenceStream } from '#commands/references.ts'
import type { RosterState } from '#commands/roster/state.ts'
import { decode, type Decoded } from '#events/registry.ts'
import { formatPosition, parsePosition, type Position } from '#events/store/position.ts'
import { parseStreamName, type StreamName } from '#events/stream-name.ts'
import type { ListSet } from '#values/exchange-set.ts'
import { schoolYearOf } from '#values/school.ts'
import { Instant, LocalDate, plusMinutes } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { PositionText } from '../schemas.ts'
import { referenceOf } from './reference-of.ts'
import { mayReadWhole } from './rights.ts'
import { type Asked, defineView, type View } from './view.ts'

/**
 * What changed of an agreed set since a place in the log or an instant, for a regional system (R-T2). A record is the value
 * of one thing as it stands, or says that the thing is no more; whoever applies all of them in whatever order, and some
 * twice, has the state of the school (docs/decisions/0106).
 */

const ENTITIES = [
  'year',
  'pupil',
  'staff',
  'class',
  'group',
  'membership',
  'subject',
  'journal',
  'assignment',
] as const
type Entity = (typeof ENTITIES)[number]

const SET_OF: Readonly<Record<Entity, ListSet>> = {
  year: 'calendar',
  pupil: 'rosters',
  staff: 'rosters',
  class: 'rosters',
  group: 'rosters',
  membership: 'rosters',
  subject: 'load',
  journal: 'load',
  assignment: 'load',
}

const input = z.strictObject({
  since: z
    .union([PositionText, Instant])
    .optional()
    .describe('next прошлого ответа, позиция или мгновение; без него — всё, что есть'),
})

const reply = z.strictObject({
  since: z.string().nullable(),
  next: z.string().describe('Отсюда спрашивают в следующий раз; повтор не вредит'),
  records: z.array(
    z.strictObject({
      id: Uuid.describe('Одно и то же изменение всегда приходит под этим id'),
      event: Uuid.describe('Событие журнала, из-за которого запись изменилась'),
      at: Instant,
      op: z.enum(['put', 'delete']),
      entity: z.enum(ENTITIES),
      key: z.string().describe('Чьё это значение; у membership и assignment — два id через дробь'),
      effective: LocalDate.nullable().describe('У delete: первый день без этого; null — этого не было'),
      data: z.record(z.string(), z.unknown()).nullable().describe('null — у delete'),
    }),
  ),
})
type Change = z.output<typeof reply>['records'][number]

/** A thing of the school by its kind and key; one that `stands` alone is told of only as long as it is there. */
interface Thing {
  readonly entity: Entity
  readonly key: string
  readonly stands?: true
}

const of = (entity: Entity, ...ids: readonly string[]): Thing => ({ entity, key: ids.join('/') })

/** Which things the value of an event changes; other events change none. */
function touched({ type, data, stream }: Decoded): Thing[] {
  switch (type) {
    case 'PupilEnrolled':
    case 'PupilReleased':
      return [of('pupil', data.pupil)]
    case 'StaffHired':
    case 'StaffReleased':
      return [of('staff', data.staff)]
    case 'PersonNameCorrected':
    case 'PersonKeyDestroyed':
      return [
        { ...of('pupil', data.person), stands: true },
        { ...of('staff', data.person), stands: true },
      ]
    case 'ClassFormed':
    case 'ClassTeacherAppointed':
      return [of('class', data.class)]
    case 'GroupFormed':
      return [of('group', data.group)]
    case 'PupilPlacedInClass':
    case 'PupilRemovedFromClass':
      return [of('membership', data.class, data.pupil)]
    case 'PupilJoinedGroup':
    case 'PupilLeftGroup':
      return [of('membership', data.group, data.pupil)]
    case 'SubjectAdded':
      return [of('subject', data.subject)]
    case 'JournalOpened':
      return [of('journal', data.journal)]
    case 'TeacherAssigned':
    case 'TeacherReleased':
      return [of('assignment', data.journal, data.staff)]
    default: {
      const name = parseStreamName(stream)
      return name?.category === 'schoolYear' ? [of('year', name.id)] : []
    }
  }
}

/** What stands of a thing: its value, or from which day on it is no more. */
type Standing = { readonly data: Value } | { readonly until: LocalDate }
type Value = Record<string, unknown>

function changesOf(set: ListSet, what: string): View {
  return defineView({
    name: `${set}-changes`,
    path: `exchange/${set}/changes`,
    summary: `${what}: изменения для внешней системы с позиции или мгновения, удаления — явными записями`,
    tag: 'Импорт и экспорт',
    operation: '45',
    exchange: set,
    logged: true,
    input,
    reply,
    readsNoModel: true,
    may: async (asked) => mayReadWhole(asked),
    async answer(asked) {
      const { school, parts, input: wanted } = asked
      const { store } = parts.execution
      // First where the log ends, then what stands: what comes in between is told once more the next time.
      const head = await store.head()
      const { after, from } = await placeOf(asked)
      const last = new Map<string, Thing & { readonly event: Uuid; readonly at: Instant }>()
      const note = (event: Decoded, by = event) => {
        for (const thing of touched(event))
          if (SET_OF[thing.entity] === set)
            last.set(`${thing.entity} ${thing.key}`, { ...thing, event: by.id, at: by.meta.at })
      }
      let undoing: Decoded | null = null
      if (after === null && from === null) {
        for await (const event of everything(asked)) note(event)
      } else {
        for await (const recorded of store.readAll({ after, school })) {
          const event = decode(recorded)
          if (event === null || (from !== null && event.meta.at < from)) continue
          note(event)
          if (parseStreamName(event.stream)?.category === 'incident') undoing = event
        }
        // What a breach undid was told before this place: all that was ever told is told anew, as it stands.
        if (undoing !== null) {
          const told = new Map(last)
          for await (const event of everything(asked)) note(event, undoing)
          for (const [key, one] of told) last.set(key, one)
        }
      }
      const standing = await stateOf(asked, set)
      const records = [...last.values()].flatMap(({ event, at, entity, key, stands }): Change[] => {
        const thing = { entity, key }
        const found = standing.get(`${entity} ${key}`)
        const id = uuidV5(event, `${entity} ${key}`)
        if (found !== undefined && 'data' in found)
          return [{ id, event, at, op: 'put', ...thing, effective: null, data: found.data }]
        if (stands && found === undefined) return []
        return [{ id, event, at, op: 'delete', ...thing, effective: found?.until ?? null, data: null }]
      })
      const next = head === null ? '0-0' : formatPosition(head)
      return { body: { since: wanted.since ?? null, next, records } }
    },
  })
}

/** Minutes that may lie between a decision and its place in the log. */
const DECIDING = 1

/** Behind which place, and from which instant on, something is new. */
async function placeOf({
  parts,
  input: { since },
}: Asked<z.output<typeof input>>): Promise<{ after: Position | null; from: Instant | null }> {
  if (since === undefined || since === '0-0') return { after: null, from: null }
  const { store, clock } = parts.execution
  const instant = Instant.safeParse(since)
  if (!instant.success) return { after: parsePosition(since), from: null }
  if (instant.data > clock())
    throw new ProblemError('malformed-request', {
      fields: [{ field: '/since', problem: 'мгновение ещё не наступило' }],
    })
  // An event is dated when it is decided, and stands in the log a little later.
  const from = plusMinutes(instant.data, -DECIDING)
  return { after: (await store.before?.(from)) ?? null, from }
}

/** Every event by which a thing of the exchange came about or changed, stream by stream. */
async function* everything(asked: Asked<unknown>): AsyncGenerator<Decoded> {
  const { school, parts } = asked
  const years = yearsOf(await referenceOf(asked, 'roster'), asked)
  const streams: StreamName[] = [
    referenceStream(school, 'roster', null),
    referenceStream(school, 'curriculum', null),
    ...years.flatMap((year) => [
      referenceStream(school, 'schoolYear', year),
      referenceStream(school, 'teachingLoad', year),
    ]),
  ]
  for (const stream of streams) {
    for await (const recorded of parts.execution.store.readStream(stream)) {
      const event = decode(recorded)
      if (event !== null) yield event
    }
  }
}

/** The years of which there is a class or a group, and those about today. */
function yearsOf({ classes, groups }: Readonly<RosterState>, { today }: Asked<unknown>): number[] {
  const now = schoolYearOf(today)
  const known = [...classes.values(), ...groups.values()].map(({ year }) => year)
  return [...new Set([...known, now, now + 1])].toSorted((a, b) => a - b)
}

/** What stands of every thing of a set, by entity and key. */
async function stateOf(asked: Asked<unknown>, set: ListSet): Promise<Map<string, Standing>> {
  const { school, parts } = asked
  const state = new Map<string, Standing>()
  const roster = await referenceOf(asked, 'roster')
  const put = (entity: Entity, key: string, data: Value) => void state.set(`${entity} ${key}`, { data })
  const within = (entity: Entity, key: string, until: LocalDate | null | undefined, data: Value) =>
    void state.set(`${entity} ${key}`, until === null || until === undefined ? { data } : { until })
  if (set === 'rosters') {
    const people = [...roster.pupils.keys(), ...roster.staff.keys()]
    const names = await parts.persons.names(school, people)
    const name = (person: Uuid) => {
      const known = names.get(person)
      return known === undefined ? null : { ...known }
    }
    for (const [pupil, { from, until }] of roster.pupils)
      within('pupil', pupil, until, { pupil, name: name(pupil), from })
    for (const [staff, { from, until }] of roster.staff)
      within('staff', staff, until, { staff, name: name(staff), from })
    for (const [id, { year, grade, name: called, teachers }] of roster.classes)
      put('class', id, { class: id, year, grade, name: called, teachers: teachers.map((of) => ({ ...of })) })
    for (const [id, { kind, year, name: called, classes }] of roster.groups)
      put('group', id, { group: id, kind, year, name: called, classes: [...classes] })
    for (const [unit, { members }] of [...roster.classes, ...roster.groups])
      for (const { pupil, from, until } of members)
        within('membership', `${unit}/${pupil}`, until, { unit, pupil, from })
    return state
  }
  const years = yearsOf(roster, asked)
  if (set === 'calendar') {
    for (const year of years) {
      const {
        year: opened,
        periods,
        holidays,
        bells,
        schoolDays,
        weeks,
      } = await referenceOf(asked, 'schoolYear', year)
      if (opened === null) continue
      put('year', String(year), { ...opened, periods, holidays, bells, days: schoolDays, weeks })
    }
    return state
  }
  const { subjects } = await referenceOf(asked, 'curriculum')
  for (const [subject, of] of subjects) put('subject', subject, { subject, ...of })
  for (const year of years) {
    const { journals } = await referenceOf(asked, 'teachingLoad', year)
    for (const [id, { subject, learners, type, grading, name, assignments }] of journals) {
      put('journal', id, { journal: id, year, subject, learners: { ...learners }, type, grading, name })
      for (const { staff, from, until } of assignments)
        within('assignment', `${id}/${staff}`, until, { journal: id, staff, from })
    }
  }
  return state
}

export const EXCHANGE_CHANGES: readonly View[] = [
  changesOf('calendar', 'Календарь учебных годов'),
  changesOf('rosters', 'Обучающиеся, сотрудники, классы и группы с составом'),
  changesOf('load', 'Предметы, журналы и кто их ведёт'),
]
