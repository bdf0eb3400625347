import { z } from 'zod'
import { controlFold, type Finding, isAnswered, type Inspection, isOverdue } from '#commands/control/state.ts'
import { leadsClass } from '#commands/roster/state.ts'
import { teachersOf } from '#commands/teaching-load/state.ts'
import { Inspected } from '#events/control.ts'
import { streamName } from '#events/stream-name.ts'
import { SchoolYear } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf, namesOf } from './names.ts'
import { noPages } from './past-pages.ts'
import { referenceOf } from './reference-of.ts'
import { erased } from './replies.ts'
import { ownJournals, ownUnits } from './rights.ts'
import { type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

const MOST = 200

const FindingReply = z.strictObject({
  finding: Uuid,
  page: Uuid.nullable(),
  lesson: Uuid.nullable(),
  pupil: Uuid.nullable(),
  pupil_name: z.string().nullable(),
  remedy_by: LocalDate.nullable().describe('Последний день для исправления'),
  state: z.enum(['open', 'fixed']),
  answered: z.boolean().describe('Открыто, и последнее слово — ответ: его надо рассмотреть'),
  overdue: z.boolean().describe('Открыто, а день исправления прошёл'),
  history: z.array(
    z.strictObject({
      kind: z.enum(['made', 'answered', 'fixed', 'reopened']),
      text: z.string().nullable(),
      at: Instant,
      account: Uuid,
      author_name: z.string().nullable(),
      ...erased,
    }),
  ),
})

const InspectionReply = z
  .strictObject({
    inspection: Uuid,
    of: Inspected,
    name: z.string().nullable().describe('Журнал или класс'),
    date: LocalDate,
    purpose: z.string().nullable().describe('Что проверялось'),
    ...erased,
    at: Instant,
    account: Uuid,
    author_name: z.string().nullable().describe('Кто проверял'),
    answerable: z
      .array(z.strictObject({ staff: Uuid, name: z.string() }))
      .describe('Кто отвечал за журнал или дневники в день проверки'),
    state: z.enum(['clean', 'open', 'fixed']).describe('clean — замечаний нет; fixed — сняты все'),
    findings: z.array(FindingReply),
  })
  .meta({ id: 'Inspection', description: 'Проверка журнала или дневников' })

const input = z.strictObject({
  year: YearMeant,
  journal: Uuid.optional(),
  class: Uuid.optional().describe('Проверки дневников этого класса'),
  teacher: Uuid.optional().describe('Кто отвечал за журнал или дневники в день проверки'),
  state: z.enum(['clean', 'open', 'fixed']).optional(),
  overdue: z
    .enum(['true', 'false'])
    .optional()
    .describe('Только с просроченными замечаниями или только без них'),
  from: LocalDate.optional().describe('День проверки не раньше'),
  until: LocalDate.optional().describe('День проверки не позже'),
  limit: z.coerce.number<string>().int().min(1).max(MOST).default(50),
  after: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}\.[0-9a-f-]{36}$/)
    .optional()
    .describe('Из поля next предыдущего ответа'),
})
type Input = z.output<typeof input>

/** The checks of journals and diaries of a school year, the newest first, with all that became of their findings (R-7A.7). */
export const inspectionList = defineView({
  name: 'inspection-list',
  path: 'inspections',
  summary:
    'Проверки журналов и дневников: замечания, ответы, что снято и что просрочено; учителю — его журналы, классному руководителю — дневники своего класса',
  tag: 'Контроль',
  operation: '31',
  input,
  reply: z.strictObject({
    year: SchoolYear,
    counts: z
      .strictObject({ inspections: z.int(), open: z.int(), overdue: z.int(), fixed: z.int() })
      .describe('Проверок и замечаний по всему перечню с этими отборами'),
    inspections: z.array(InspectionReply),
    next: z.string().nullable(),
  }),
  past: noPages,
  async answer(asked) {
    const { input: wanted, today } = asked
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: today })
    const found = await checksOf(asked, year)
    const sorted = found.toSorted((a, b) => (place(a) < place(b) ? 1 : -1))
    const { after } = wanted
    const rest = after === undefined ? sorted : sorted.filter((one) => place(one) < after)
    const shown = rest.slice(0, wanted.limit)
    const last = rest.length > shown.length ? shown.at(-1) : undefined
    const findings = found.flatMap((one) => one.findings)
    const number = (which: (one: Finding) => boolean) => findings.filter(which).length
    return {
      body: {
        year,
        counts: {
          inspections: found.length,
          open: number(({ state }) => state === 'open'),
          overdue: number((one) => isOverdue(one, today)),
          fixed: number(({ state }) => state === 'fixed'),
        },
        inspections: await named(asked, shown),
        next: last === undefined ? null : place(last),
      },
    }
  },
})

interface Check extends Inspection {
  /** The journal or the class. */
  readonly name: string | null
  readonly answerable: readonly Uuid[]
  readonly findings: readonly Finding[]
  readonly state: 'clean' | 'open' | 'fixed'
}

/** Where a check stands in the list. */
const place = ({ date, inspection }: Check): string => `${date}.${inspection}`

/** Those that the person may see and asks for. */
async function checksOf(asked: Asked<Input>, year: number): Promise<Check[]> {
  const { school, parts, input: wanted, today } = asked
  const { state } = await parts.execution.streams.load(controlFold, streamName(school, 'control', year))
  const roster = await referenceOf(asked, 'roster')
  const load = await referenceOf(asked, 'teachingLoad', year)
  const sees = await seenBy(asked, year)
  const ofCheck = Map.groupBy(state.findings.values(), ({ inspection }) => inspection)
  return [...state.inspections.values()].flatMap((check): Check[] => {
    const { of, date, inspection } = check
    if (!sees(of)) return []
    const findings = ofCheck.get(inspection) ?? []
    const open = findings.some((one) => one.state === 'open')
    const classTeachers = of.kind === 'diaries' ? (roster.classes.get(of.class)?.teachers ?? []) : []
    const answerable =
      of.kind === 'journal'
        ? teachersOf(load, of.journal, date)
        : classTeachers.map(({ staff }) => staff).filter((staff) => leadsClass(roster, staff, of.class, date))
    const one: Check = {
      ...check,
      name:
        (of.kind === 'journal' ? load.journals.get(of.journal)?.name : roster.classes.get(of.class)?.name) ??
        null,
      answerable: [...new Set(answerable)],
      findings,
      state: findings.length === 0 ? 'clean' : open ? 'open' : 'fixed',
    }
    return isWanted(one, wanted, today) ? [one] : []
  })
}

function isWanted(one: Check, wanted: Input, today: LocalDate): boolean {
  const { of, date, state, answerable, findings } = one
  const overdue = findings.some((finding) => isOverdue(finding, today))
  return (
    (wanted.journal === undefined || (of.kind === 'journal' && of.journal === wanted.journal)) &&
    (wanted.class === undefined || (of.kind === 'diaries' && of.class === wanted.class)) &&
    (wanted.teacher === undefined || answerable.includes(wanted.teacher)) &&
    (wanted.state === undefined || state === wanted.state) &&
    (wanted.overdue === undefined || overdue === (wanted.overdue === 'true')) &&
    (wanted.from === undefined || wanted.from <= date) &&
    (wanted.until === undefined || date <= wanted.until)
  )
}

/** A teacher hears of the own journals, a class teacher of the diaries of the own class, a deputy of what he answers for. */
async function seenBy(asked: Asked<Input>, year: number): Promise<(of: Inspected) => boolean> {
  const { role } = asked.actor
  const journals = role === 'class-teacher' ? new Set<Uuid>() : await ownJournals(asked, year)
  const classes = role === 'teacher' ? new Set<Uuid>() : ((await ownUnits(asked, year))?.classes ?? null)
  return (of) =>
    of.kind === 'journal' ? (journals?.has(of.journal) ?? true) : (classes?.has(of.class) ?? true)
}

async function named(asked: Asked<Input>, shown: readonly Check[]) {
  const findings = shown.flatMap((one) => one.findings)
  const name = await namesOf(asked, [
    ...shown.flatMap(({ answerable }) => answerable),
    ...findings.map(({ pupil }) => pupil),
  ])
  const author = await authorsOf(asked, [
    ...shown.map(({ by }) => by),
    ...findings.flatMap(({ history }) => history.map(({ by }) => by)),
  ])
  return shown.map(({ by, answerable, findings: own, ...check }) => ({
    ...check,
    account: by,
    author_name: author(by),
    answerable: answerable.map((staff) => ({ staff, name: name(staff) })),
    findings: own.map((finding) => ({
      finding: finding.finding,
      page: finding.page,
      lesson: finding.lesson,
      pupil: finding.pupil,
      pupil_name: finding.pupil === null ? null : name(finding.pupil),
      remedy_by: finding.remedyBy,
      state: finding.state,
      answered: isAnswered(finding),
      overdue: isOverdue(finding, asked.today),
      history: finding.history.map(({ by: account, ...step }) => ({
        ...step,
        account,
        author_name: author(account),
      })),
    })),
  }))
}
