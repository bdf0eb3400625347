import { describe, expect, it } from 'vitest'
import { addRemark } from '#commands/journal-page/add-remark.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setIndividualHomework } from '#commands/journal-page/set-individual-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawRemark } from '#commands/journal-page/withdraw-remark.ts'
import type { DiaryLesson, DiaryRemark } from '#projections/pupil-diary/queries.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, mathematician, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(3, ['mathematician', 'deputy', 'mother', 'boris'])
const here = { page: PAGE, lesson: LESSON }

interface Diary {
  readonly lessons: ReadonlyArray<DiaryLesson>
  readonly remarks: readonly DiaryRemark[]
}
const ofAnna = (school: SchoolAtWork) => school.seen<Diary>('mother', `pupils/${ANNA}/diary?from=2026-11-09`)
const ofBoris = (school: SchoolAtWork) => school.seen<Diary>('boris', `pupils/${BORIS}/diary?from=2026-11-09`)

const texts = ({ remarks }: Diary) =>
  remarks.map(({ text }) => text as string).toSorted((a, b) => a.localeCompare(b))
const shown = ({ lessons }: Diary) => lessons[0]?.individual_homework?.content.text ?? null

describe('what is addressed to some', () => {
  it('R-7A.6g, R-F1 (remarks): a recommendation or remark to a pupil or a class is in the diary of whom it is to, with author, date and subject, and of nobody else', async () => {
    const school = await schools.next().recordLesson()
    const said = (kind: string, pupil: string | null, text: string) =>
      school.done('mathematician', addRemark, { ...here, kind, pupil, text })
    await said('recommendation', ANNA, 'Повторить таблицу квадратов')
    await said('remark', BORIS, 'Без тетради')
    const { events } = await said('recommendation', null, 'Решать по одной задаче в день')

    expect(texts(await ofAnna(school))).toEqual([
      'Повторить таблицу квадратов',
      'Решать по одной задаче в день',
    ])
    expect(texts(await ofBoris(school))).toEqual(['Без тетради', 'Решать по одной задаче в день'])
    expect((await ofAnna(school)).remarks[0]).toMatchObject({
      author: mathematician.account,
      date: '2026-11-09',
      subject: 'Алгебра',
    })
    const toAll = events[0] as { revision: number; data: unknown }
    const { remark } = toAll.data as { remark: string }
    const why = { expectedVersion: toAll.revision, reason: 'typing-error' }
    await school.done('deputy', withdrawRemark, { page: PAGE, remark, ...why })
    expect(texts(await ofBoris(school))).toEqual(['Без тетради'])
  })

  it('R-F1 (individual homework): homework of a pupil is in the own diary and in no other', async () => {
    const school = await schools.next().recordLesson()
    const text = 'Повторить § 11, № 300'
    await school.done('mathematician', setIndividualHomework, { ...here, pupils: [ANNA], text })
    expect(shown(await ofAnna(school))).toBe(text)
    expect(shown(await ofBoris(school))).toBeNull()
    expect(JSON.stringify(await ofBoris(school))).not.toContain('№ 300')
  })

  it('C.2: осв from practice shows in the cell with a mark or without; a reason of absence is changed by a document', async () => {
    const school = await schools.next().recordLesson()
    const document = { number: '45/2026', date: '2026-11-06' }
    const days = { from: '2026-11-09', until: '2026-11-20', document }
    await school.done('deputy', exemptFromPractice, { page: PAGE, pupil: ANNA, ...days })
    const exempt = async () =>
      (
        (await school.grid()).cells as ReadonlyArray<{
          pupil: string
          exempt?: boolean
          marks: readonly unknown[]
        }>
      ).map((cell) => [cell.pupil, cell.exempt, cell.marks.length])
    expect(await exempt()).toEqual([[ANNA, true, 0]])
    const mark = { ...here, kind: 'lesson-answer', marks: [{ pupil: ANNA, value: 5 }] }
    await school.done('mathematician', recordMarks, mark)
    expect(await exempt()).toEqual([[ANNA, true, 1]])
    // The paper says it, too (R-7A.16c).
    expect(await school.seen<string>('mathematician', `pages/${PAGE}/print?format=html`)).toContain('>осв 5<')
    expect((await ofAnna(school)).lessons[0]).toMatchObject({ exempt: true, absence: null })

    await school.done('mathematician', takeAttendance, { ...here, absentees: [{ pupil: BORIS, code: 'Н' }] })
    const change = { ...here, pupil: BORIS, code: 'Н/б', reason: 'absence-document', document }
    const { revision } = (await school.grid()).page
    await school.done('deputy', changeAbsenceCode, { ...change, expectedVersion: revision })
    expect((await school.cell(BORIS, LESSON)).at(-1)).toMatchObject({ after: { code: 'Н/б', document } })
  })
})
