import { REFERENCES, referenceStream } from '#commands/references.ts'
import { classOf } from '#commands/roster/state.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import type { LessonOfPupil } from '#print/pupil-forms.ts'
import { diary } from '#projections/pupil-diary/queries.ts'
import { journals, periods, policyOn, unit, yearOf } from '#projections/school-directory/queries.ts'
import { finalsOfPupil } from '#projections/summary-sheet/queries.ts'
import { datesBetween, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { mustKnowPupil } from '../views/rights.ts'
import type { Asked } from '../views/view.ts'
import type { PrintParts } from './print-parts.ts'
import { type Collected, homeworkText, starred } from './page-contents.ts'

interface OfDays {
  readonly pupil: Uuid
  readonly from: LocalDate
  readonly until: LocalDate
}

/** Marks, finals, absences and homework of a pupil between two dates, both included (R-5.2c). */
export async function pupilExtractForm(asked: Asked<unknown, PrintParts>, of: OfDays): Promise<Collected> {
  const { content, people } = await daysOf(asked, of)
  const { school, parts } = asked
  const year = await yearOf(parts.database, school, of.until)
  const finals = year === undefined ? [] : await finalsOfPupil(parts.database, school, of.pupil, year)
  const subjects = new Map(
    year === undefined
      ? []
      : (await journals(parts.database, school, year)).map((one) => [
          one.journal,
          one.subject_name ?? one.name,
        ]),
  )
  const named = new Map(
    year === undefined
      ? []
      : (await periods(parts.database, school, year)).map(({ period, name }) => [period, name]),
  )
  return {
    form: {
      template: 'pupil-extract/1',
      content: {
        ...content,
        finals: finals
          .map(({ journal, period, kind, value, corrected }) => ({
            subject: subjects.get(journal) ?? journal,
            period: period === WHOLE_YEAR ? 'год' : (named.get(period) ?? period),
            kind,
            text: starred(value, corrected),
          }))
          .toSorted((a, b) => a.subject.localeCompare(b.subject, 'ru')),
      },
    },
    people,
  }
}

/** The days of the paper diary. */
export async function diaryForm(asked: Asked<unknown>, of: OfDays): Promise<Collected> {
  const { content, people } = await daysOf(asked, of)
  return { form: { template: 'diary-week/1', content }, people }
}

async function daysOf(asked: Asked<unknown, PrintParts>, { pupil, from, until }: OfDays) {
  const { school, parts } = asked
  await mustKnowPupil(asked, pupil)
  const sealed = await diary(parts.database, school, pupil, from, until)
  const found = await parts.texts.opened(school, sealed)
  const policy = await policyOn(parts.database, school, until)
  const kinds = new Map<string, string>(
    (policy?.policy.kindsOfWork ?? []).map(({ kind, name }) => [kind, name]),
  )
  const roster = await parts.execution.streams.load(
    REFERENCES.roster.fold,
    referenceStream(school, 'roster', null),
  )
  // Of somebody who has left meanwhile, the class of the last day on which he was in one.
  const own = datesBetween(from, until)
    .map((date) => classOf(roster.state, pupil, date))
    .findLast((unit) => unit !== undefined)
  const learners = own === undefined ? null : ((await unit(parts.database, school, own))?.name ?? null)
  const lessons = found.map(
    (lesson): LessonOfPupil => ({
      date: lesson.date,
      number: lesson.number,
      subject: lesson.subject ?? lesson.journal,
      topic: lesson.topic,
      homework: homeworkText(lesson.homework),
      absence: lesson.absence?.code ?? null,
      marks: lesson.marks.map(({ kind, value, corrected }) => ({
        kind: kinds.get(kind) ?? kind,
        text: starred(value, corrected),
      })),
      comments: [...lesson.comments, ...lesson.marks.flatMap(({ comments }) => comments)].map(
        ({ text }) => text ?? 'стёрто',
      ),
      teacher: lesson.teacher,
    }),
  )
  return {
    content: { pupil, learners, from, until, lessons },
    people: new Set([pupil, ...lessons.map(({ teacher }) => teacher)]),
  }
}
