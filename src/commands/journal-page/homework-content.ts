import type { z } from 'zod'
import { HomeworkContent } from '#events/journal-page.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import type { Given } from '../command.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { classesOf } from '../roster/state.ts'
import { isSchoolDay } from '../school-year/state.ts'
import { lessonsOn } from '../timetable/state.ts'
import { journalOf, learningOfPage, type PAGE_NEEDS } from './ground.ts'
import type { Homework, JournalPageState, LessonState } from './state.ts'

/** The fields of homework in a command: only the text must be there (R-2.7a). */
export const homeworkFields = {
  text: HomeworkContent.shape.text,
  due: HomeworkContent.shape.due
    .optional()
    .describe('К какой дате; по умолчанию — следующий урок этого журнала'),
  manner: HomeworkContent.shape.manner.optional().describe('Характер выполнения'),
  attachments: HomeworkContent.shape.attachments.default([]),
  minutes: HomeworkContent.shape.minutes
    .optional()
    .describe('Сколько минут нужно на задание, по оценке учителя'),
}

interface HomeworkInput {
  readonly text: string
  readonly due?: LocalDate | null | undefined
  readonly manner?: string | null | undefined
  readonly attachments: Homework['attachments']
  readonly minutes?: number | null | undefined
}

type OnPage = Given<HomeworkInput, JournalPageState, (typeof PAGE_NEEDS)[number]>

/** The homework of a command, its date being that of the next lesson of the journal where none is named. */
export function homeworkOf(given: OnPage, lesson: LessonState): z.output<typeof HomeworkContent> | Refusal {
  const { text, due, manner, attachments, minutes } = given.input
  const date = due === undefined ? nextLesson(given, lesson.date) : due
  if (date !== null && date <= lesson.date)
    return refuse('homework-due-before-lesson', { due: date, lesson: lesson.date })
  return HomeworkContent.parse({
    text,
    due: date,
    manner: manner ?? null,
    attachments,
    minutes: minutes ?? null,
  })
}

/** The date of the next lesson of this journal by the timetable; null when the year has none left. */
function nextLesson(given: OnPage, after: LocalDate): LocalDate | null {
  const { schoolYear, roster, timetable } = given.references
  const classes = classesOf(roster, journalOf(given).learners)
  const until = schoolYear.year?.until ?? after
  for (let date = addDays(after, 1); date <= until; date = addDays(date, 1)) {
    const slots = classes.flatMap((id) => lessonsOn(timetable, id, date))
    const planned = slots.some((slot) => slot.journal === given.state.page?.journal)
    if (planned && isSchoolDay(schoolYear, date, learningOfPage(given))) return date
  }
  return null
}
