import { z } from 'zod'
import { FindingText, Inspected } from '#events/control.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import type { JournalPageState } from '../journal-page/state.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { type ControlGiven, matterOfInspected, ofYear, todayOf } from './ground.ts'

const FindingInput = z
  .strictObject({
    page: Uuid.nullable().default(null).describe('Страница журнала'),
    lesson: Uuid.nullable().default(null).describe('Урок на этой странице'),
    pupil: Uuid.nullable().default(null).describe('Обучающийся'),
    text: FindingText.describe('Что не так'),
    remedyBy: LocalDate.nullable().default(null).describe('Последний день для исправления'),
  })
  .refine(({ page, lesson }) => lesson === null || page !== null, {
    error: 'урок называют вместе со страницей',
    path: ['lesson'],
  })

const RecordInspection = z.strictObject({
  year: SchoolYear,
  of: Inspected.describe('Журнал; или дневники класса, или одного обучающегося'),
  date: LocalDate.optional().describe('День проверки; без него — сегодня'),
  purpose: FindingText.nullable().default(null).describe('Что проверялось'),
  findings: z.array(FindingInput).max(50).default([]).describe('Замечания; пусто — замечаний нет'),
})
type Input = z.output<typeof RecordInspection>

/** Records a check of a journal or of diaries with what was found (R-7A.7). A closed page bars nobody from looking. */
export const recordInspection = defineCommand({
  ...ofYear,
  name: 'record-inspection',
  path: 'years/:year/inspections',
  summary: 'Записать проверку журнала или дневников с замечаниями',
  operation: '31',
  input: RecordInspection,
  pages: ({ findings }: Input) => findings.flatMap(({ page }) => page ?? []),
  concerns: ({ input, references }) => matterOfInspected(input.of, references),
  decide(given) {
    const { input, references, newId } = given
    const { of, purpose, findings } = input
    const bounds = references.schoolYear.year
    if (bounds === null) return refuse('school-year-unknown', { year: input.year })
    const today = todayOf(given)
    const { date = today } = input
    if (date > today) return refuse('inspection-in-future', { date, today })
    if (date < bounds.from)
      return refuse('date-outside-year', { date, from: bounds.from, until: bounds.until })
    const wrong =
      notInspectable(given) ?? findings.map((one) => misplaced(given, one, date)).find((one) => one !== null)
    if (wrong !== undefined && wrong !== null) return wrong
    const inspection = newId('inspection')
    return [
      { type: 'JournalInspected', data: { inspection, of, date, purpose } },
      ...findings.map((finding, i) => ({
        type: 'FindingMade' as const,
        data: { inspection, finding: newId(`finding/${i}`), ...finding },
      })),
    ]
  },
})

function notInspectable({ input: { year, of }, references }: ControlGiven<Input>): Refusal | null {
  const { roster, teachingLoad } = references
  if (of.kind === 'journal')
    return teachingLoad.journals.has(of.journal) ? null : refuse('journal-unknown', { journal: of.journal })
  const known = roster.classes.get(of.class)
  if (known?.year !== year) return refuse('class-unknown', { class: of.class })
  if (of.pupil === null || known.members.some(({ pupil }) => pupil === of.pupil)) return null
  return refuse('pupil-not-in-class', { class: of.class, pupil: of.pupil })
}

/** Whether a finding has a place that what was looked through does not have. */
function misplaced(
  { input: { of }, references, pages }: ControlGiven<Input>,
  { page, lesson, pupil, remedyBy }: Input['findings'][number],
  date: LocalDate,
): Refusal | null {
  if (remedyBy !== null && remedyBy < date) return refuse('bounds-reversed', { from: date, until: remedyBy })
  if (page !== null) {
    const state = pages.get(page) as JournalPageState | undefined
    if (of.kind !== 'journal' || state?.page?.journal !== of.journal) return refuse('page-unknown', { page })
    if (lesson !== null && !state.lessons.has(lesson)) return refuse('lesson-unknown', { lesson })
  }
  if (pupil === null) return null
  if (of.kind === 'journal')
    return references.roster.pupils.has(pupil) ? null : refuse('pupil-unknown', { pupil })
  const own = references.roster.classes.get(of.class)?.members.some((one) => one.pupil === pupil) ?? false
  const meant = of.pupil === null ? own : of.pupil === pupil
  return meant ? null : refuse('pupil-not-in-class', { class: of.class, pupil })
}
