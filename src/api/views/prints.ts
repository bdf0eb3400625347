import { z } from 'zod'
import { LocalDate, mondayOf, addDays } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { erasureOn } from '../prints/erasure-act.ts'
import { printed } from '../prints/print.ts'
import type { Part, PrintAddress } from '../prints/snapshot.ts'
import { ProblemError } from '../problems.ts'
import { mayReadPage, pageOf } from './class-journal.ts'
import {
  classesSeenIn,
  classesSeenOn,
  learnersOfUnit,
  mayReadDiary,
  mayReadWhole,
  mayReadAttendance,
  yearOfUnit,
} from './rights.ts'
import { mayReadUnitSummary, sheetSeenBy } from './summary-sheet.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Печать'
const format = {
  format: z.enum(['pdf', 'html']).default('pdf').describe('PDF/A-1b или HTML одним файлом'),
}
const reply = z.any().describe('application/pdf или text/html: docs/spec/prints.md')

/** The longest span of days on paper: a school year. */
const DAYS = 366

const pageInput = z.strictObject({ page: Uuid, ...format })

/** The page of a journal as it looks on paper (R-7A.16c, R-1.4). */
export const printPage = defineView({
  name: 'print-page',
  path: 'pages/:page/print',
  summary: 'Печать страницы журнала: слева отметки и пропуски, справа темы и задания',
  tag,
  operation: '9',
  logged: true,
  input: pageInput,
  reply,
  may: mayReadPage,
  answer: async (asked) => printed(asked, await pageAddress(asked, 'journal-page/2'), asked.input.format),
})

/** The class list of a day with room to write in, prepared before the service fails (R-A2.7). */
export const printBlankPage = defineView({
  name: 'print-blank-page',
  path: 'pages/:page/blank',
  summary: 'Бланк страницы со списком на дату — вести урок на бумаге во время сбоя',
  tag,
  operation: '9',
  logged: true,
  input: z.strictObject({
    page: Uuid,
    date: LocalDate.optional().describe('По умолчанию — сегодня; можно заранее на любую дату'),
    ...format,
  }),
  reply,
  may: mayReadPage,
  async answer(asked) {
    const date = asked.input.date ?? asked.today
    const address = await pageAddress(asked, 'blank-page/1')
    return printed(asked, { ...address, from: date, until: date }, asked.input.format)
  },
})

export async function pageAddress(
  asked: Asked<{ page: Uuid }>,
  template: 'journal-page/2' | 'blank-page/1',
): Promise<PrintAddress> {
  const { journal, year } = await pageOf(asked)
  const part = classesPart(await classesSeenOn(asked, journal, year))
  return { template, of: asked.input.page, from: null, until: null, part }
}

/** The summary sheet in the standard form, with places for signatures and the seal (R-2.14b). */
export const printSummary = defineView({
  name: 'print-summary',
  path: 'summaries/:unit/print',
  summary: 'Печать сводной ведомости класса или группы за учебный год',
  tag,
  operation: '32',
  logged: true,
  input: z.strictObject({ unit: Uuid, paper: z.enum(['A4', 'A3']).default('A4'), ...format }),
  reply,
  may: (asked) => mayReadUnitSummary(ofUnit(asked)),
  answer: async (asked) =>
    printed(asked, await summaryAddress(ofUnit(asked)), asked.input.format, { paper: asked.input.paper }),
})

/** The sheet is always of the whole year: `input` has the unit alone. */
export function ofUnit<Input extends { readonly unit: Uuid }>(asked: Asked<Input>): Asked<{ unit: Uuid }> {
  return { ...asked, input: { unit: asked.input.unit } }
}

export async function summaryAddress(asked: Asked<{ unit: Uuid }>): Promise<PrintAddress> {
  const { journals, classes } = await sheetSeenBy(asked)
  const part: Part | null =
    journals === null ? classesPart(classes) : { kind: 'journals', ids: journals.toSorted() }
  return { template: 'summary-sheet/1', of: asked.input.unit, from: null, until: null, part }
}

/** The diary of a pupil as a sheet to be signed at home. */
export const printDiary = defineView({
  name: 'print-diary',
  path: 'pupils/:pupil/diary/print',
  summary: 'Печать дневника за неделю',
  tag,
  operation: '10',
  logged: true,
  input: z.strictObject({
    pupil: Uuid,
    from: LocalDate.optional().describe('По умолчанию — понедельник этой недели'),
    until: LocalDate.optional().describe('По умолчанию — неделя от from'),
    ...format,
  }),
  reply,
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  answer(asked) {
    const { input, today } = asked
    const from = input.from ?? mondayOf(today)
    const until = input.until ?? addDays(from, 6)
    checkDays(from, until)
    const address = { template: 'diary-week/1', of: input.pupil, from, until, part: null } as const
    return printed(asked, address, input.format)
  },
})

const days = {
  from: LocalDate,
  until: LocalDate.describe(`Не больше ${DAYS} дней от from`),
}

/** What the pupils of a class missed, by day. */
export const printAttendance = defineView({
  name: 'print-attendance',
  path: 'units/:unit/attendance/print',
  summary: 'Печать ведомости посещаемости класса или группы',
  tag,
  operation: '9',
  logged: true,
  input: z.strictObject({ unit: Uuid, ...days, ...format }),
  reply,
  may: (asked) => mayReadAttendance(asked, asked.input.unit),
  async answer(asked) {
    const { unit: of, from, until } = asked.input
    checkDays(from, until)
    const year = await yearOfUnit(asked, of)
    const learners = await learnersOfUnit(asked, of)
    const part = year === undefined ? null : classesPart(await classesSeenIn(asked, learners, year))
    return printed(asked, { template: 'attendance-sheet/1', of, from, until, part }, asked.input.format)
  },
})

/** The log of substitutions of the school. */
export const printSubstitutions = defineView({
  name: 'print-substitutions',
  path: 'timetable/changes/print',
  summary: 'Печать журнала замен, переносов, отмен и совмещений уроков',
  tag,
  operation: '15',
  logged: true,
  input: z.strictObject({ ...days, ...format }),
  reply,
  may: async (asked) => mayReadWhole(asked),
  answer(asked) {
    const { from, until } = asked.input
    checkDays(from, until)
    const address = { template: 'substitution-log/1', of: null, from, until, part: null } as const
    return printed(asked, address, asked.input.format)
  },
})

/** The act of an erasure with the extract of the register of events (приказ Роскомнадзора № 179, R-D8). */
export const printErasureAct = defineView({
  name: 'print-erasure-act',
  path: 'persons/:person/erasure-act',
  summary: 'Печать акта об уничтожении персональных данных с выгрузкой из журнала регистрации событий',
  tag,
  operation: '37',
  logged: true,
  input: z.strictObject({
    person: Uuid,
    on: LocalDate.optional().describe('День уничтожения; без параметра — последнее'),
    ...format,
  }),
  reply,
  async answer(asked) {
    const { person: of, on: day, format } = asked.input
    const { on } = await erasureOn(asked, of, day ?? null)
    return printed(asked, { template: 'erasure-act/1', of, from: on, until: on, part: null }, format)
  },
})

export function checkDays(from: LocalDate, until: LocalDate): void {
  if (from <= until && until <= addDays(from, DAYS - 1)) return
  throw new ProblemError('malformed-request', {
    fields: [{ field: '/until', problem: `от from и не больше ${DAYS} дней` }],
  })
}

function classesPart(classes: readonly Uuid[] | null): Part | null {
  return classes === null ? null : { kind: 'classes', ids: classes.toSorted() }
}
