import { z } from 'zod'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { creditFinals } from '#commands/roster/credit-finals.ts'
import { creditKey, rosterFold } from '#commands/roster/state.ts'
import { PackageDigest } from '#events/roster.ts'
import { MarkValue } from '#values/grading.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { date, external, GRADING, number, optional, text } from '../columns.ts'
import { created, defineList, differs, step, THERE } from '../list.ts'

/** A mark in points, or a word of the grading system. */
const Mark = z
  .string()
  .trim()
  .transform((cell) => (/^\d{1,3}$/.test(cell) ? Number(cell) : cell))
  .pipe(MarkValue)

/**
 * The finals with which pupils came from elsewhere (R-A1.1, R-7A.16h). The list only comes in: what a school credited, its
 * summary sheets and extracts say.
 */
export const creditedFinals = defineList({
  name: 'credited-finals',
  title: 'Зачтённые итоговые отметки',
  columns: {
    pupil: external('Номер личного дела'),
    year: number('Учебный год', SchoolYear),
    subject: external('Код предмета'),
    period: text<PeriodId>('Период', PeriodId as unknown as z.ZodType<PeriodId, string>),
    grading: GRADING,
    value: { title: 'Отметка', schema: Mark, optional: false, write: String },
    issuedBy: text('Кем выдан документ', label(200) as z.ZodType<string, string>),
    documentNumber: text('Номер документа', label(40) as z.ZodType<string, string>),
    documentDate: date('Дата документа'),
    extract: optional(text('SHA-512 описи пакета', PackageDigest)),
  },
  commands: [creditFinals],
  key: ['pupil', 'year', 'subject', 'period'],
  async plan([row], { id, state }) {
    const { year, period, grading, value, issuedBy, extract } = row
    const [pupil, subject] = [id('pupil', row.pupil), id('subject', row.subject)]
    const { credits } = await state(rosterFold, WHOLE_SCHOOL)
    const credited = credits.get(creditKey({ pupil, year, subject, period }))
    if (credited !== undefined) return credited === value ? THERE : differs('value')
    const document = { number: row.documentNumber, date: row.documentDate }
    const finals = [{ subject, period, value: value as MarkValue, grading }]
    return created(step(creditFinals, { pupil, year, issuedBy, document, extract, finals }))
  },
  blame: {
    'school-year-unknown': 'year',
    'pupil-unknown': 'pupil',
    'pupil-released': 'pupil',
    'subject-unknown': 'subject',
    'period-unknown': 'period',
    'value-outside-grading': 'value',
    'document-of-future': 'documentDate',
  },
})
