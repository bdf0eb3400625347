import { expect, it } from 'vitest'
import type { DomainEvent } from '#events/registry.ts'
import { beforehand, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, date, id, past, Q1, Q2, ZONE } from '#support/class-7a.ts'
import type { Past } from '#support/spec.ts'
import { pageId, PeriodId } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

const EARLIER = 2022
const [CLASS_3A, CLASS_3B] = [id('class/3А'), id('class/3Б')]
const [RUSSIAN_A, RUSSIAN_B] = [id('journal/3А/russian'), id('journal/3Б/russian')]
const RUSSIAN = id('subject/russian')
const WHOLE = PeriodId.parse('year')
const order = null

type Value = Extract<DomainEvent, { type: 'FinalMarkRecorded' }>['data']['value']
/** A page with a final of Anna on it. */
function finalOn(
  journal: Uuid,
  period: PeriodId,
  year: number,
  value: Value,
  kinds: ReadonlyArray<'period' | 'year' | 'exam' | 'final'> = ['period'],
): Past[] {
  const page = pageId(journal, period)
  const at = Instant.parse('2026-08-25T03:00:00.000Z')
  return [
    past('journalPage', page, { type: 'PageOpened', data: { journal, year, period, grading: 'g5' } }),
    ...kinds.map((kind) =>
      past('journalPage', page, {
        type: 'FinalMarkRecorded',
        data: { pupil: ANNA, kind, value, opensAt: at, dueAt: at },
      }),
    ),
  ]
}
const journal = (of: Uuid, learners: Uuid): Past =>
  past('teachingLoad', EARLIER, {
    type: 'JournalOpened',
    data: {
      journal: of,
      subject: RUSSIAN,
      learners: { kind: 'class', class: learners },
      type: 'lesson',
      grading: 'g5',
      name: 'Русский язык',
    },
  })
const [from, moved] = [date('2022-09-01'), date('2022-11-14')]

/** Anna in the third grade, where she went over to another class; the sixth elsewhere; the seventh here. */
const history: readonly Past[] = [
  ...beforehand,
  past('schoolYear', EARLIER, {
    type: 'SchoolYearOpened',
    data: { year: EARLIER, from, until: date('2023-05-26'), zone: ZONE, schoolDays: [1, 2, 3, 4, 5] },
  }),
  past('schoolYear', EARLIER, {
    type: 'PeriodsPlanned',
    data: {
      structure: 'quarters',
      grades: [3],
      units: [],
      periods: [
        { period: Q1, name: 'I четверть', from, until: date('2022-10-28') },
        { period: Q2, name: 'II четверть', from: date('2022-11-07'), until: date('2022-12-29') },
      ],
    },
  }),
  past('curriculum', 'main', {
    type: 'SubjectAdded',
    data: { subject: RUSSIAN, name: 'Русский язык', component: 'federal' },
  }),
  ...(
    [
      ['3А', CLASS_3A],
      ['3Б', CLASS_3B],
    ] as const
  ).map(([name, of]) =>
    past('roster', 'main', { type: 'ClassFormed', data: { class: of, year: EARLIER, grade: 3, name } }),
  ),
  past('roster', 'main', { type: 'PupilPlacedInClass', data: { class: CLASS_3A, pupil: ANNA, from, order } }),
  past('roster', 'main', {
    type: 'PupilRemovedFromClass',
    data: { class: CLASS_3A, pupil: ANNA, from: moved, order },
  }),
  past('roster', 'main', {
    type: 'PupilPlacedInClass',
    data: { class: CLASS_3B, pupil: ANNA, from: moved, order },
  }),
  journal(RUSSIAN_A, CLASS_3A),
  journal(RUSSIAN_B, CLASS_3B),
  ...finalOn(RUSSIAN_B, WHOLE, EARLIER, 4, ['final', 'exam', 'year']),
  ...finalOn(RUSSIAN_B, Q2, EARLIER, 4),
  ...finalOn(RUSSIAN_A, Q1, EARLIER, 3),
  past('roster', 'main', {
    type: 'PromotionDecided',
    data: {
      class: CLASS_3B,
      pupil: ANNA,
      previous: null,
      decision: 'promoted',
      order: { number: '12-у', date: date('2023-05-29') },
    },
  }),
  past('roster', 'main', {
    type: 'FinalCredited',
    data: {
      pupil: ANNA,
      year: 2025,
      subject: id('subject/algebra'),
      period: WHOLE,
      grading: 'g5',
      previous: null,
      value: 5,
      issuedBy: 'МАОУ СОШ № 5 г. Омска',
      document: { number: '41', date: date('2026-08-20') },
      extract: null,
    },
  }),
  past('roster', 'main', {
    type: 'AttestationRecorded',
    data: {
      attestation: id('attestation/1'),
      pupil: ANNA,
      year: 2026,
      subject: RUSSIAN,
      stage: 'intermediate',
      date: date('2026-10-20'),
      commission: [],
      protocol: { number: '3', date: date('2026-10-20') },
      value: 4,
      grading: 'g5',
    },
  }),
  ...finalOn(ALGEBRA, Q1, 2026, 'н/а'),
]

const schools = schoolsAtWork(
  2,
  ['deputy', 'head', 'mother', 'anna', 'boris', 'english', 'stranger', 'administrator'],
  history,
)

interface Results {
  readonly years: ReadonlyArray<{
    readonly year: number
    readonly level: string | null
    readonly level_name: string | null
    readonly grade: number | null
    readonly classes: readonly object[]
    readonly results: ReadonlyArray<{
      what: string
      kind: string | null
      date: string | null
      period_name: string | null
      value: unknown
      class: string | null
    }>
  }>
}
const resultsOf = (school: SchoolAtWork, login: LogIn, headers = {}) =>
  school.seen<Results>(login, `pupils/${ANNA}/results`, headers)

const told = (of: Results['years'][number]) =>
  of.results.map((one) => [one.date, one.what, one.kind, one.period_name, one.value, one.class])

it('R-5.3: the results of a pupil over all years and levels are one view in the order of time, through every change of class', async () => {
  const school = schools.next()
  const shown = await resultsOf(school, 'deputy')
  expect(shown.years.map(({ year, level_name, grade }) => [year, level_name, grade])).toEqual([
    [2022, 'НОО', 3],
    // Elsewhere: which class it was, this school does not know.
    [2025, null, null],
    [2026, 'ООО', 7],
  ])
  const [third, sixth, seventh] = shown.years
  expect(third!.classes).toEqual([
    { class: CLASS_3A, name: '3А', from: '2022-09-01', until: '2022-11-14' },
    { class: CLASS_3B, name: '3Б', from: '2022-11-14', until: null },
  ])
  expect(told(third!)).toEqual([
    ['2022-10-28', 'final', 'period', 'I четверть', 3, '3А'],
    ['2022-12-29', 'final', 'period', 'II четверть', 4, '3Б'],
    ['2023-05-26', 'final', 'year', 'Год', 4, '3Б'],
    ['2023-05-26', 'final', 'exam', 'Год', 4, '3Б'],
    ['2023-05-26', 'final', 'final', 'Год', 4, '3Б'],
    ['2023-05-29', 'promotion', null, null, null, '3Б'],
  ])
  expect(sixth!.results).toMatchObject([
    { what: 'credited', kind: 'year', subject: 'Алгебра', value: 5, name: 'МАОУ СОШ № 5 г. Омска' },
  ])
  expect(seventh!.classes).toMatchObject([{ class: CLASS_7A, name: '7А' }])
  expect(seventh!.results).toMatchObject([
    { date: '2026-10-20', what: 'attestation', subject: 'Русский язык', value: 4, name: 'протокол № 3' },
    { date: '2026-10-23', what: 'final', kind: 'period', subject: 'Алгебра', value: 'н/а', class: '7А' },
  ])
})

it('R-5.3: is open to the administration, the family, the pupil and the class teacher, and to nobody else', async () => {
  const school = schools.next()
  const shown = await resultsOf(school, 'deputy')
  for (const login of ['head', 'mother', 'anna'] as const)
    expect(await resultsOf(school, login)).toEqual(shown)
  expect(await resultsOf(school, 'english', { 'letopis-role': 'class-teacher' })).toEqual(shown)
  for (const login of ['boris', 'stranger', 'administrator'] as const)
    expect((await school.ask(login, `pupils/${ANNA}/results`)).status).toBe(403)
  expect(await school.ask('mother', `pupils/${BORIS}/results`)).toMatchObject({
    status: 403,
    body: { reason: 'diary-not-yours' },
  })
  // Whoever has none yet has an empty year, and no made-up result.
  const boris = await school.seen<Results>('boris', `pupils/${BORIS}/results`)
  expect(boris.years).toMatchObject([{ year: 2026, level_name: 'ООО', results: [] }])
})
