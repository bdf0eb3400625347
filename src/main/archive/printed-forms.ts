import { besideEntries, type Entry, pageEntries } from '#integrity/archive/entries.ts'
import type {
  ExtractForm,
  Form,
  JournalForm,
  LessonForm,
  PageForm,
  SummaryForm,
} from '#integrity/archive/forms.ts'
import type { WorkForm } from '#integrity/archive/forms-page.ts'
import type { ArchivedEntry, ArchivedPage } from '#print/archived.ts'
import type { ArchivedForm } from '#print/forms.ts'
import { FINAL_NAMES, type FinalKind, type PrintedPupil } from '#print/journal-page.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** A form of paper, and the file of the package in which it stands. */
export interface ArchivedPaper {
  readonly file: string
  /** The journal, class or pupil of which it is. */
  readonly of: Uuid
  readonly form: ArchivedForm
}

/** What of a form goes on paper: a file for each journal, with all its pages; one for a summary sheet or an extract. */
export function papersOf(form: Form): ArchivedPaper[] {
  switch (form.form) {
    case 'letopis-summary':
      return [{ file: 'data/summary.pdf', of: form.class.class, form: summaryPaper(form) }]
    case 'letopis-extract':
      return [{ file: 'data/extract.pdf', of: form.pupil, form: extractPaper(form) }]
    default:
      return [...Map.groupBy(form.pages, ({ journal }) => journal)].map(([journal, pages]) => ({
        file: `data/print/${journal}.pdf`,
        of: journal,
        form: {
          template: 'archived-journal/1',
          content: {
            pages: pages.map((page) => pagePaper(form.legend, page)),
            beside: besideOf(form, pages),
          },
        },
      }))
  }
}

/** What stands beside the finals of the pupils and the subject of a journal. */
function besideOf(form: JournalForm, pages: readonly PageForm[]): ArchivedEntry[] {
  const pupils = new Set(pages.flatMap((page) => page.pupils.map(({ pupil }) => pupil)))
  const subjects = new Set(pages.map(({ subject }) => subject))
  return besideEntries(form)
    .filter(({ pupil }) => pupil === null || pupils.has(pupil))
    .filter(({ subject }) => subject === null || subjects.has(subject))
    .map(printedEntry)
}

/** What a record says was checked when it was recorded: a package is made of nothing else. */
const printedEntry = (entry: Entry): ArchivedEntry => entry as ArchivedEntry
const day = (date: string): LocalDate => date as LocalDate
const starred = (value: string | number, corrected: boolean): string => `${value}${corrected ? '*' : ''}`

function pagePaper(legend: JournalForm['legend'], page: PageForm): ArchivedPage {
  const { from, until } = page.period
  const occasions = [
    ...page.lessons.map((lesson) => lessonPaper(legend, lesson)),
    ...page.assessments.map(({ assessment, date, name, kind, works }) => ({
      lesson: assessment,
      date: day(date),
      number: 0,
      topic: name,
      material: 'вне уроков',
      homework: null,
      works: works.length === 0 ? [legend.kinds[kind] ?? kind] : kindsOf(legend, works),
      teacher: null,
      substitution: false,
    })),
  ]
  return {
    page: page.page,
    journal: page.name,
    subject: page.subject,
    learners: page.learners,
    year: page.year,
    period: {
      period: page.period.period,
      name: page.period.name,
      from: from === null ? null : day(from),
      until: until === null ? null : day(until),
    },
    closedAt: page.closedAt as Instant | null,
    pupils: page.pupils.map(({ pupil, times }) => comings(pupil, times, page.period)),
    lessons: occasions.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.number - b.number)),
    cells: cellsOf(page),
    finals: page.finals.map(({ pupil, kind, value, corrected }) => ({
      pupil,
      kind: kind as FinalKind,
      text: starred(value, corrected),
    })),
    postponed: page.postponements.map(({ pupil, until: last }) => ({ pupil, until: day(last) })),
    entries: pageEntries(legend, page).map(printedEntry),
  }
}

const kindsOf = (legend: JournalForm['legend'], works: readonly WorkForm[]): string[] =>
  works.map(({ kind }) => legend.kinds[kind] ?? kind)

function lessonPaper(legend: JournalForm['legend'], lesson: LessonForm) {
  const { homework } = lesson
  const due = homework === null || homework === 'declined' ? null : homework.due
  return {
    lesson: lesson.lesson,
    date: day(lesson.date),
    number: lesson.number,
    topic: lesson.topic,
    material: lesson.material,
    homework:
      homework === null
        ? null
        : homework === 'declined'
          ? 'не задано'
          : `${homework.text}${due === null ? '' : ` (к ${due.slice(8)}.${due.slice(5, 7)})`}`,
    works: kindsOf(legend, lesson.works),
    teacher: lesson.teacher,
    substitution: lesson.substitution !== null,
  }
}

/** The days of coming and going that lie within the period. */
function comings(
  pupil: Uuid,
  times: PageForm['pupils'][number]['times'],
  { from, until }: PageForm['period'],
): PrintedPupil {
  const first = times[0]?.from
  const last = times.at(-1)?.until ?? null
  const came = first !== undefined && from !== null && first > from
  const gone = last !== null && (until === null || last <= until)
  return { pupil, from: came ? day(first) : null, until: gone ? day(last) : null }
}

/** «Н/б», «Опз 4», «5/4»: absence, then the marks. */
function cellsOf({ lessons, assessments }: PageForm): ArchivedPage['cells'] {
  const cells: Array<ArchivedPage['cells'][number]> = []
  const put = (lesson: Uuid, codes: ReadonlyMap<Uuid, string>, works: readonly WorkForm[]): void => {
    const marks = Map.groupBy(
      works.flatMap((work) => work.marks),
      ({ pupil }) => pupil,
    )
    for (const pupil of new Set([...codes.keys(), ...marks.keys()])) {
      const values = (marks.get(pupil) ?? []).map(({ value, corrected }) => starred(value, corrected))
      const text = [...(codes.has(pupil) ? [codes.get(pupil)!] : []), values.join('/')].join(' ').trim()
      cells.push({ lesson, pupil, text })
    }
  }
  for (const { lesson, absences, works } of lessons) {
    put(
      lesson,
      new Map(absences.map(({ pupil, code, corrected }) => [pupil, starred(code, corrected)])),
      works,
    )
  }
  for (const { assessment, works } of assessments) put(assessment, new Map(), works)
  return cells
}

function summaryPaper(form: SummaryForm): ArchivedForm {
  const { class: unit, periods, subjects, pupils, assessments } = form
  const [first, last] = [periods[0]?.from ?? null, periods.at(-1)?.until ?? null]
  const whole = { period: 'year', name: '', from: first, until: last }
  const subjectOf = new Map(subjects.map(({ journal, subject }) => [journal, subject]))
  return {
    template: 'archived-summary/1',
    content: {
      unit: unit.class,
      name: unit.name,
      year: unit.year,
      periods: periods.map(({ period, name }) => ({ period, name })),
      journals: subjects.map(({ journal, subject }) => ({ journal, subject })),
      pupils: pupils.map(({ pupil, times }) => comings(pupil, times, whole)),
      finals: pupils.flatMap(({ pupil, finals }) =>
        finals.map(({ journal, period, kind, value, corrected }) => ({
          journal,
          period,
          pupil,
          kind: kind as FinalKind,
          text: starred(value, corrected),
        })),
      ),
      decisions: pupils.flatMap(({ pupil, decision }) =>
        decision === null
          ? []
          : [
              {
                pupil,
                decision: decision.decision,
                orderNumber: decision.order.number,
                orderDate: day(decision.order.date),
              },
            ],
      ),
      beside: [
        ...assessments.flatMap(({ journal, date, name, marks }) =>
          marks.map(({ pupil, value }) => ({
            what: name,
            date: day(date),
            pupil,
            subject: subjectOf.get(journal) ?? null,
            kind: null,
            value,
            text: null,
            people: [],
            at: null,
          })),
        ),
        ...besideEntries(form).map(printedEntry),
      ],
    },
  }
}

function extractPaper(form: ExtractForm): ArchivedForm {
  const { legend } = form
  return {
    template: 'transfer-extract/1',
    content: {
      pupil: form.pupil,
      learners: form.class?.name ?? null,
      year: form.scope.kind === 'page' ? 0 : form.scope.year,
      on: day(form.on),
      subjects: form.subjects.map(({ subject, periods }) => ({
        subject,
        finals: periods.flatMap(({ period, finals }) =>
          finals.map(({ kind, value }) => ({
            period: kind === 'period' ? period.name : `${period.name}: ${FINAL_NAMES[kind as FinalKind]}`,
            text: String(value),
          })),
        ),
        marks: periods.flatMap(({ marks }) =>
          marks.map(({ date, kind, value, assessment, protocol }) => ({
            date: day(date),
            kind: [
              assessment ?? legend.kinds[kind] ?? kind,
              ...(protocol === null ? [] : [`зачёт темы, протокол ${protocol.number} от ${protocol.date}`]),
            ].join(', '),
            text: String(value),
          })),
        ),
        absences: periods.flatMap(({ absences }) =>
          absences.map(({ date, number, code }) => ({ date: day(date), number, code })),
        ),
      })),
      beside: besideEntries(form).map(printedEntry),
    },
  }
}
