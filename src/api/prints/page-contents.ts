import type { JournalPageTemplate, PrintForm } from '#print/forms.ts'
import type { JournalPageContent, PrintedPupil } from '#print/journal-page.ts'
import { holds, journal, policyOn } from '#projections/school-directory/queries.ts'
import type { Span } from '#projections/school-directory/projection.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { pageCutTo } from '../views/class-journal.ts'
import { calendarOf } from '../views/directory.ts'
import type { Asked } from '../views/view.ts'

/** A form, and the people whose names stand on it. */
export interface Collected {
  readonly form: PrintForm
  readonly people: ReadonlySet<Uuid>
}

type Page = Awaited<ReturnType<typeof pageCutTo>>

/** Everything that stands on a page of a journal, of some pupils or of all. */
export async function journalPageForm(
  asked: Asked<{ page: Uuid }>,
  seen: ReadonlySet<Uuid> | null,
  template: JournalPageTemplate,
): Promise<Collected> {
  const page = await pageCutTo(asked, seen)
  const tellsExempt = template !== 'journal-page/1'
  const kinds = await kindNames(asked, page)
  const people = new Set([
    ...page.pupils.map(({ pupil }) => pupil),
    ...page.lessons.map(({ teacher }) => teacher),
  ])
  const content: JournalPageContent = {
    ...(await headingOf(asked, page)),
    closedAt: page.closing.closed_at,
    pupils: pupilsOf(page),
    lessons: page.lessons.map((lesson) => ({
      lesson: lesson.lesson,
      date: lesson.date,
      number: lesson.number,
      topic: lesson.topic,
      material: lesson.material,
      homework: homeworkText(lesson.homework),
      works: page.works
        .filter((work) => work.lesson === lesson.lesson)
        .map(({ kind }) => kinds.get(kind) ?? kind),
      teacher: lesson.teacher,
      substitution: lesson.substitution !== null,
    })),
    cells: page.cells
      .map(({ lesson, pupil, absence, marks, exempt }) => ({
        lesson,
        pupil,
        text: cellText(exempt && tellsExempt, absence, marks),
      }))
      .filter(({ text }) => text !== ''),
    finals: page.finals.map(({ pupil, kind, value, corrected }) => ({
      pupil,
      kind,
      text: starred(value, corrected),
    })),
    postponed: page.postponements
      .filter(({ resolved }) => !resolved)
      .map(({ pupil, until }) => ({ pupil, until })),
  }
  return { form: { template, content }, people }
}

/** The class list of a day with room to write, for the hours without the service (R-A2.7). */
export async function blankPageForm(
  asked: Asked<{ page: Uuid }>,
  date: LocalDate,
  seen: ReadonlySet<Uuid> | null,
): Promise<Collected> {
  const { school, parts } = asked
  const page = await pageCutTo(asked, seen)
  const { period: _period, ...heading } = await headingOf(asked, page)
  const of = await journal(parts.database, school, page.page.journal)
  const teachers = (of?.teachers ?? []).filter((one) => holds([one], date)).map(({ staff }) => staff)
  const present = page.pupils.filter(({ spans }) => holds(spans, date)).map(({ pupil }) => pupil)
  const policy = await policyOn(parts.database, school, date)
  const codes = (policy?.policy.valueCodes ?? []).filter(({ kind }) => kind !== 'final')
  return {
    form: {
      template: 'blank-page/1',
      content: {
        ...heading,
        date,
        teachers,
        pupils: present.toSorted().map((pupil) => ({ pupil, from: null, until: null })),
        codes: codes.map(({ code, name }) => ({ code, name })),
      },
    },
    people: new Set([...teachers, ...present]),
  }
}

async function headingOf(asked: Asked<unknown>, { page }: Page) {
  const calendar = await calendarOf(asked, page.year)
  const named = calendar.periods.find(({ period }) => period === page.period)?.name
  const name = page.period === WHOLE_YEAR ? 'Год' : (named ?? page.period)
  return {
    page: page.page,
    journal: page.name ?? page.journal,
    subject: page.subject,
    learners: page.learners,
    year: page.year,
    period: { period: page.period, name, from: page.from, until: page.until },
  }
}

/** By id: names are joined later, and their order with them. */
function pupilsOf({ page, pupils }: Page): PrintedPupil[] {
  return pupils
    .map(({ pupil, spans }) => ({ pupil, ...comings(spans, page.from, page.until) }))
    .toSorted((a, b) => (a.pupil < b.pupil ? -1 : 1))
}

/** The days of coming and going, where they lie within the days that are printed. */
export function comings(
  spans: readonly Span[],
  from: LocalDate | null,
  until: LocalDate | null,
): Pick<PrintedPupil, 'from' | 'until'> {
  const first = spans.map((span) => span.from).toSorted()[0]
  const last = spans.at(-1)?.until ?? null
  const came = first !== undefined && from !== null && first > from && (until === null || first <= until)
  const gone = last !== null && (from === null || last > from) && (until === null || last <= until)
  return { from: came ? first : null, until: gone ? last : null }
}

/** What the school calls the kinds of work, by the rules that hold at the last lesson of the page. */
async function kindNames({ school, parts, today }: Asked<unknown>, { lessons }: Page) {
  const policy = await policyOn(parts.database, school, lessons.at(-1)?.date ?? today)
  return new Map<string, string>((policy?.policy.kindsOfWork ?? []).map(({ kind, name }) => [kind, name]))
}

interface CorrectedValue {
  readonly value: number | string
  readonly corrected: boolean
}

/** «Опз 4», «5/4», «Н/б», «осв»; a star says that it was corrected. */
function cellText(
  exempt: boolean,
  absence: { readonly code: string | null; readonly corrected: boolean } | null,
  marks: readonly CorrectedValue[],
): string {
  const code = absence === null || absence.code === null ? [] : [starred(absence.code, absence.corrected)]
  const values = marks.map(({ value, corrected }) => starred(value, corrected)).join('/')
  return [...(exempt ? ['осв'] : []), ...code, ...(values === '' ? [] : [values])].join(' ')
}

export function starred(value: number | string, corrected: boolean): string {
  return `${value}${corrected ? '*' : ''}`
}

/** What was set, until when and how it comes back; «не задано» where that was said. */
export function homeworkText(
  homework: {
    readonly content: {
      readonly text: string
      readonly due: LocalDate | null
      readonly manner: string | null
      readonly minutes: number | null
    } | null
  } | null,
): string | null {
  if (homework === null) return null
  const { content } = homework
  if (content === null) return 'не задано'
  const due = content.due === null ? '' : ` (к ${content.due.slice(8)}.${content.due.slice(5, 7)})`
  const { text, manner, minutes } = content
  return [`${text}${due}`, manner, minutes && `${minutes} мин`].filter(Boolean).join('; ')
}
