import type { ArchiveScope } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type FoldState, isInSummary, type Journal, type Member, type Period, type Unit } from './fold.ts'
import type { LessonState, PageState } from './fold-page.ts'
import { type BesideForm, besideForm } from './forms-beside.ts'
import {
  assessmentsOn,
  type EntriesForm,
  entriesOf,
  individualOf,
  type WorkForm,
  worksAt,
} from './forms-page.ts'
import { byPupil, compare } from './in-order.ts'

/**
 * The forms that a package shows, as values of JSON: what stands in `data/journal.json`, `data/summary.json` and
 * `data/extract.json`. People are ids; their names stand in `data/names.ndjson`.
 */

interface PeriodForm {
  readonly period: string
  readonly name: string
  readonly from: string | null
  readonly until: string | null
}

export interface JournalForm extends BesideForm {
  readonly form: 'letopis-journal'
  readonly version: 1
  readonly scope: ArchiveScope
  readonly school: { readonly slug: string; readonly name: string | null }
  readonly legend: LegendForm
  readonly pages: readonly PageForm[]
}

type LegendForm = Record<'codes' | 'kinds' | 'lessonTypes' | 'reasons', Record<string, string>>

export interface PageForm extends EntriesForm {
  readonly page: Uuid
  readonly journal: Uuid
  readonly name: string
  readonly subject: string
  readonly learners: string
  readonly year: number
  readonly period: PeriodForm
  readonly grading: string
  readonly teachers: ReadonlyArray<{
    readonly staff: Uuid
    readonly from: string
    readonly until: string | null
  }>
  readonly pupils: ReadonlyArray<{ readonly pupil: Uuid; readonly times: readonly TimeForm[] }>
  readonly lessons: readonly LessonForm[]
  readonly finals: ReadonlyArray<{
    readonly pupil: Uuid
    readonly kind: string
    readonly value: string | number
    readonly recordedAt: string
    readonly corrected: boolean
  }>
  readonly postponements: ReadonlyArray<{ readonly pupil: Uuid; readonly until: string }>
  readonly closedAt: string | null
}

interface TimeForm {
  readonly from: string
  readonly until: string | null
}

export interface LessonForm {
  readonly lesson: Uuid
  readonly date: string
  readonly number: number
  readonly type: string
  readonly topic: string
  readonly material: string | null
  readonly teacher: Uuid
  readonly substitution: string | null
  readonly combination: Uuid | null
  readonly transferredFrom: LessonState['transferredFrom']
  readonly plan: LessonState['plan']
  readonly recordedAt: string
  readonly explained: LessonState['explained']
  readonly attendanceTaken: boolean
  readonly absences: ReadonlyArray<{
    readonly pupil: Uuid
    readonly code: string
    readonly corrected: boolean
  }>
  readonly homework: LessonState['homework']
  readonly individual: ReturnType<typeof individualOf>
  readonly works: readonly WorkForm[]
  readonly comments: ReadonlyArray<{
    readonly on: unknown
    readonly text: string
    readonly author: Uuid
    readonly at: string
  }>
}

export interface SummaryForm extends BesideForm {
  readonly form: 'letopis-summary'
  readonly version: 1
  readonly scope: ArchiveScope
  readonly school: { readonly slug: string; readonly name: string | null }
  readonly class: {
    readonly class: Uuid
    readonly name: string
    readonly grade: number | null
    readonly year: number
  }
  readonly periods: readonly PeriodForm[]
  readonly legend: LegendForm
  readonly subjects: ReadonlyArray<{
    readonly journal: Uuid
    readonly name: string
    readonly subject: string
  }>
  readonly pupils: ReadonlyArray<{
    readonly pupil: Uuid
    readonly times: readonly TimeForm[]
    readonly finals: ReadonlyArray<{
      readonly journal: Uuid
      readonly period: string
      readonly kind: string
      readonly value: string | number
      readonly corrected: boolean
    }>
    readonly decision: {
      readonly decision: string
      readonly order: { readonly number: string; readonly date: string }
    } | null
  }>
  /** The results of assessments that the rules of the school show here. */
  readonly assessments: ReadonlyArray<{
    readonly journal: Uuid
    readonly period: string
    readonly assessment: Uuid
    readonly date: string
    readonly kind: string
    readonly name: string
    readonly marks: ReadonlyArray<{ readonly pupil: Uuid; readonly value: string | number }>
  }>
}

export interface ExtractForm extends BesideForm {
  readonly form: 'letopis-extract'
  readonly version: 1
  readonly scope: ArchiveScope
  readonly school: { readonly slug: string; readonly name: string | null }
  readonly pupil: Uuid
  readonly on: string
  readonly class: {
    readonly name: string
    readonly grade: number | null
    readonly times: readonly TimeForm[]
  } | null
  readonly legend: LegendForm
  readonly subjects: ReadonlyArray<{
    readonly journal: Uuid
    readonly subject: string
    readonly grading: string
    readonly periods: ReadonlyArray<{
      readonly period: PeriodForm
      readonly closed: boolean
      readonly finals: ReadonlyArray<{ readonly kind: string; readonly value: string | number }>
      /** Of a period that is still open: what goes into its final elsewhere. */
      readonly marks: ReadonlyArray<{
        readonly date: string
        readonly kind: string
        readonly weight: number
        readonly value: string | number
        /** What the assessment is called, of a mark outside the lessons. */
        readonly assessment: string | null
        readonly protocol: { readonly number: string; readonly date: string } | null
      }>
      /** Until when the final may still be set. */
      readonly postponedUntil: string | null
      readonly exemptions: ReadonlyArray<{ readonly from: string; readonly until: string }>
      readonly absences: ReadonlyArray<{
        readonly date: string
        readonly number: number
        readonly code: string
      }>
    }>
  }>
}

export type Form = JournalForm | SummaryForm | ExtractForm

/** The form of a scope, and the file in which it stands. */
export function formOf(
  school: SchoolSlug,
  scope: ArchiveScope,
  state: FoldState,
): { readonly name: string; readonly form: Form } {
  const shared = { scope, school: { slug: school, name: state.school }, legend: legendOf(state) }
  switch (scope.kind) {
    case 'summary':
      return { name: 'summary', form: { ...shared, ...summaryOf(state, scope.class) } }
    case 'pupil':
      return { name: 'extract', form: { ...shared, ...extractOf(state, scope.pupil, scope.on) } }
    default:
      return {
        name: 'journal',
        form: {
          ...shared,
          form: 'letopis-journal',
          version: 1,
          pages: pagesInOrder(state).map((page) => pageForm(state, page)),
          ...besideForm(state),
        },
      }
  }
}

function legendOf({ legend }: FoldState): LegendForm {
  const { codes, kinds, lessonTypes, reasons } = legend
  return {
    codes: Object.fromEntries(codes),
    kinds: Object.fromEntries(kinds),
    lessonTypes: Object.fromEntries(lessonTypes),
    reasons: Object.fromEntries(reasons),
  }
}

function pageForm(state: FoldState, page: PageState): PageForm {
  const journal = state.journals.get(page.journal)
  const unit = unitOf(state, journal)
  const period = periodForm(state, page.period, unit)
  const { page: id, year, grading, closedAt } = page
  return {
    page: id,
    journal: page.journal,
    name: journal?.name ?? page.journal,
    subject: subjectOf(state, journal),
    learners: unit?.name ?? '',
    year,
    period,
    grading,
    teachers: journal?.teachers ?? [],
    pupils: pupilsOn(page, unit, period),
    lessons: [...page.lessons.values()].toSorted(byDate).map((lesson) => lessonForm(page, lesson)),
    finals: finalsOf(page),
    postponements: [...page.postponements].map(([pupil, until]) => ({ pupil, until })).toSorted(byPupil),
    ...entriesOf(page),
    closedAt,
  }
}

const byDate = (a: LessonState, b: LessonState): number =>
  compare(a.date, b.date) || a.number - b.number || compare(a.lesson, b.lesson)

function finalsOf(page: PageState): PageForm['finals'] {
  return [...page.finals.values()].toSorted((a, b) => byPupil(a, b) || compare(a.kind, b.kind))
}

function lessonForm(
  page: PageState,
  { absences, correctedAbsences, comments, individual, ...lesson }: LessonState,
): LessonForm {
  return {
    ...lesson,
    attendanceTaken: absences !== null,
    absences: [...(absences ?? [])]
      .map(([pupil, code]) => ({ pupil, code, corrected: correctedAbsences.has(pupil) }))
      .toSorted(byPupil),
    individual: individualOf(individual),
    works: worksAt(page, lesson.lesson),
    comments: comments.map(({ on, text, author, at }) => ({ on, text, author, at })),
  }
}

/** Who was on the page: whoever learned there in the period, and whoever has something on it. */
function pupilsOn(page: PageState, unit: Unit | undefined, { from, until }: PeriodForm): PageForm['pupils'] {
  const times = new Map<Uuid, TimeForm[]>()
  for (const member of unit?.members ?? []) {
    if (!touches(member, from, until)) continue
    times.set(member.pupil, [...(times.get(member.pupil) ?? []), timeOf(member)])
  }
  const seen = [
    ...[...page.marks.values()].map(({ pupil }) => pupil),
    ...[...page.finals.values()].map(({ pupil }) => pupil),
    ...[...page.lessons.values()].flatMap(({ absences, individual }) => [
      ...(absences?.keys() ?? []),
      ...individual.keys(),
    ]),
    ...[...page.remarks.values()].flatMap(({ pupil }) => (pupil === null ? [] : [pupil])),
    ...[...page.exemptions.values()].map(({ pupil }) => pupil),
    ...[...page.disputes.values()].map(({ pupil }) => pupil),
    ...[...page.differences.values()].flatMap(({ pupil }) => (pupil === null ? [] : [pupil])),
  ]
  for (const pupil of seen) if (!times.has(pupil)) times.set(pupil, [])
  return [...times].map(([pupil, times]) => ({ pupil, times })).toSorted(byPupil)
}

const timeOf = ({ from, until }: Member): TimeForm => ({ from, until })

function touches(member: Member, from: string | null, until: string | null): boolean {
  return (
    (until === null || member.from <= until) &&
    (from === null || member.until === null || from < member.until)
  )
}

function unitOf(state: FoldState, journal: Journal | undefined): Unit | undefined {
  if (journal === undefined) return undefined
  const { learners } = journal
  return state.units.get(learners.kind === 'class' ? learners.class : learners.group)
}

const subjectOf = (state: FoldState, journal: Journal | undefined): string =>
  journal === undefined ? '' : (state.subjects.get(journal.subject) ?? journal.name)

function gradeOf(state: FoldState, unit: Unit | undefined): number | null {
  return unit?.grade ?? state.units.get(unit?.classes[0] as Uuid)?.grade ?? null
}

const ofGrade = (state: FoldState, grade: number | null): Period[] =>
  state.periods
    .filter(({ grades }) => grade !== null && grades.includes(grade))
    .toSorted((a, b) => compare(a.from, b.from))

/** The page of the whole year stands beside those of the periods that the school planned. */
const YEAR = 'year'

function periodForm(state: FoldState, period: string, unit: Unit | undefined): PeriodForm {
  const found = ofGrade(state, gradeOf(state, unit)).find((one) => one.period === period)
  if (found !== undefined) return { period, name: found.name, from: found.from, until: found.until }
  if (period !== YEAR) return { period, name: period, from: null, until: null }
  return { period, name: 'Год', from: state.year?.from ?? null, until: state.year?.until ?? null }
}

/** By journal, and within one by period. */
export function pagesInOrder(state: FoldState): PageState[] {
  const nameOf = (page: PageState): string => state.journals.get(page.journal)?.name ?? ''
  const endOf = (page: PageState): string => {
    const unit = unitOf(state, state.journals.get(page.journal))
    const { until } = periodForm(state, page.period, unit)
    return `${until ?? ''} ${page.period === YEAR ? 1 : 0} ${page.period}`
  }
  return [...state.pages.values()].toSorted(
    (a, b) => compare(nameOf(a), nameOf(b)) || compare(a.journal, b.journal) || compare(endOf(a), endOf(b)),
  )
}

function summaryOf(state: FoldState, of: Uuid): Omit<SummaryForm, 'scope' | 'school' | 'legend'> {
  const unit = state.units.get(of)
  const pages = pagesInOrder(state)
  const journals = [...new Set(pages.map(({ journal }) => journal))].map((id) => state.journals.get(id)!)
  const periods = [...new Set(pages.map(({ period }) => period))].map((period) =>
    periodForm(state, period, unit),
  )
  const times = Map.groupBy(unit?.members ?? [], ({ pupil }) => pupil)
  return {
    form: 'letopis-summary',
    version: 1,
    class: { class: of, name: unit?.name ?? '', grade: unit?.grade ?? null, year: unit?.year ?? 0 },
    periods: periods.toSorted(
      (a, b) =>
        compare(a.until ?? '', b.until ?? '') || Number(a.period === YEAR) - Number(b.period === YEAR),
    ),
    subjects: journals.map((journal) => ({
      journal: journal.journal,
      name: journal.name,
      subject: subjectOf(state, journal),
    })),
    pupils: [...times]
      .map(([pupil, members]) => {
        const decided = state.promotions.get(`${of}/${pupil}`)
        return {
          pupil,
          times: members.map(timeOf),
          finals: pages.flatMap((page) =>
            finalsOf(page)
              .filter((final) => final.pupil === pupil)
              .map(({ kind, value, corrected }) => ({
                journal: page.journal,
                period: page.period,
                kind,
                value,
                corrected,
              })),
          ),
          decision: decided === undefined ? null : { decision: decided.decision, order: decided.order },
        }
      })
      .toSorted(byPupil),
    assessments: pages.flatMap((page) =>
      assessmentsOn(page)
        .filter((one) => isInSummary(state, one))
        .map(({ assessment, date, kind, name, works }) => ({
          journal: page.journal,
          period: page.period,
          assessment,
          date,
          kind,
          name,
          marks: works.flatMap(({ marks }) => marks.map(({ pupil, value }) => ({ pupil, value }))),
        })),
    ),
    ...besideForm(state),
  }
}

function extractOf(
  state: FoldState,
  pupil: Uuid,
  on: string,
): Omit<ExtractForm, 'scope' | 'school' | 'legend'> {
  const isOf = (unit: Unit | undefined): boolean =>
    unit?.members.some((member) => member.pupil === pupil) ?? false
  const own = [...state.units.values()].findLast((unit) => unit.kind === 'class' && isOf(unit))
  const pages = pagesInOrder(state).filter((page) => isOf(unitOf(state, state.journals.get(page.journal))))
  return {
    form: 'letopis-extract',
    version: 1,
    ...besideForm(state, (one) => one === pupil),
    pupil,
    on,
    class:
      own === undefined
        ? null
        : {
            name: own.name,
            grade: own.grade,
            times: own.members.filter((member) => member.pupil === pupil).map(timeOf),
          },
    subjects: [...Map.groupBy(pages, ({ journal }) => journal)].map(([id, ofJournal]) => {
      const journal = state.journals.get(id)
      return {
        journal: id,
        subject: subjectOf(state, journal),
        grading: ofJournal.at(-1)!.grading,
        periods: ofJournal.map((page) => {
          const lessons = [...page.lessons.values()].filter(({ date }) => date <= on).toSorted(byDate)
          const closed = page.closedAt !== null
          return {
            period: periodForm(state, page.period, unitOf(state, journal)),
            closed,
            finals: finalsOf(page)
              .filter((final) => final.pupil === pupil)
              .map(({ kind, value }) => ({ kind, value })),
            marks: closed ? [] : marksOf(page, pupil, on),
            postponedUntil: page.postponements.get(pupil) ?? null,
            exemptions: [...page.exemptions.values()]
              .filter((one) => one.pupil === pupil)
              .map(({ from, until }) => ({ from, until }))
              .toSorted((a, b) => compare(a.from, b.from)),
            absences: lessons.flatMap(({ date, number, absences }) => {
              const code = absences?.get(pupil)
              return code === undefined ? [] : [{ date, number, code }]
            }),
          }
        }),
      }
    }),
  }
}

/** The marks of a pupil until a day, at lessons and at assessments. */
function marksOf(page: PageState, pupil: Uuid, on: string) {
  return [...page.marks.values()]
    .filter((mark) => mark.pupil === pupil)
    .flatMap(({ entry, work, lesson, value, credit }) => {
      const assessment = page.assessments.get(lesson)
      const { date, number } = page.lessons.get(lesson) ?? { date: assessment?.date, number: 0 }
      if (date === undefined || date > on) return []
      const { kind = '', weight = 1 } = page.works.get(work) ?? {}
      const protocol = credit?.protocol ?? null
      const shown = { date, kind, weight, value, assessment: assessment?.name ?? null, protocol }
      return [{ entry, number, shown }]
    })
    .toSorted(
      (a, b) =>
        compare(a.shown.date, b.shown.date) ||
        a.number - b.number ||
        compare(a.shown.kind, b.shown.kind) ||
        compare(a.entry, b.entry),
    )
    .map(({ shown }) => shown)
}
