import { beforeAll, describe, expect, it } from 'vitest'
import type { DomainEvent } from '#events/registry.ts'
import { KindId } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import {
  ANNA,
  attendanceTaken,
  BORIS,
  deputy,
  entryOf,
  GLEB,
  id,
  LESSON,
  lessonRecorded,
  mathematician,
  markRecorded,
  onPage,
  pageOpened,
  workHeld,
} from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import type { Past } from '#support/spec.ts'
import { Folding } from './rows-of.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { pupilDiary } from '#projections/pupil-diary/projection.ts'
import { schemaOf } from '#projections/read-model.ts'

const JOURNAL = schemaOf(classJournal)
const DIARY = schemaOf(pupilDiary)

const why = { reason: KindId.parse('typing-error'), note: null }
const WORK = workId(LESSON, 'test')
const ENTRY = entryOf(ANNA, 'test')
const COMMENT = id('comment/1')
const RECORDED = '2026-11-09T03:50:00.000Z'
const LATER = '2026-11-10T08:00:00.000Z'

const markOf = (value: number | string, rest: object) => ({
  entry: ENTRY,
  work: WORK,
  value,
  criteria: null,
  recordedAt: RECORDED,
  lateBy: 0,
  corrected: false,
  credit: null,
  comments: [],
  ...rest,
})
const onMark = { entry: ENTRY, work: WORK, lesson: LESSON, pupil: ANNA }
const corrected = (previous: number, value: number) =>
  onPage(
    { type: 'MarkCorrected', data: { criteria: null, ...onMark, previous, value, ...why } },
    LATER,
    deputy,
  )
const withdrawn = (previous: number) =>
  onPage({ type: 'MarkWithdrawn', data: { ...onMark, previous, ...why } }, LATER)
const commentMade = (
  on: Extract<DomainEvent, { type: 'CommentMade' }>['data']['on'],
  text: string,
  comment = COMMENT,
) => onPage({ type: 'CommentMade', data: { comment, lesson: LESSON, on, text } })
const commentReworded = (on: Extract<DomainEvent, { type: 'CommentMade' }>['data']['on'], text: string) =>
  onPage(
    { type: 'CommentCorrected', data: { comment: COMMENT, lesson: LESSON, on, previous: 'Хорошо', text } },
    LATER,
  )
const cell = (rest: object, pupil: Uuid = ANNA) => ({
  lesson: LESSON,
  pupil,
  absence: null,
  marks: [],
  homework: null,
  ...rest,
})
const absenceChanged = (previous: string | null, code: string | null, pupil = ANNA) =>
  onPage(
    { type: 'AbsenceCodeCorrected', data: { document: null, lesson: LESSON, pupil, previous, code, ...why } },
    LATER,
  )
const aMark = { kind: 'mark', entry: ENTRY, pupil: ANNA } as const

describe('the rows of a cell and of its history', () => {
  eachEngine((engine) => {
    let rows: Folding['rowsAfter']
    beforeAll(async () => {
      const folding = await Folding.open((await engine.open()).kysely, 'of')
      rows = folding.rowsAfter.bind(folding)
    })

    const cells = (...history: readonly Past[]) =>
      rows(`${JOURNAL}.cell`, [pageOpened, lessonRecorded, history], 'pupil')

    const held = [workHeld('test'), markRecorded(ANNA, 4)]

    it('hold a mark with its version, the instant of its record and whether it was late', async () => {
      expect(await cells(...held)).toEqual([cell({ marks: [markOf(4, { version: 3 })] })])
    })

    it('count lateness in whole seconds after the deadline', async () => {
      const lateBy = [
        ['2026-11-16T16:59:59.000Z', 0],
        ['2026-11-16T16:59:59.999Z', 0],
        ['2026-11-16T17:00:00.000Z', 1],
        ['2026-11-17T17:00:00.000Z', 86_401],
      ] as const
      for (const [recordedAt, seconds] of lateBy) {
        const recorded = { ...markRecorded(ANNA, 4), at: Instant.parse(recordedAt) }
        expect(await cells(workHeld('test'), recorded)).toEqual([
          cell({ marks: [markOf(4, { version: 3, recordedAt, lateBy: seconds })] }),
        ])
      }
    })

    it('hold the corrected value, and when the first one was recorded', async () => {
      expect(await cells(...held, corrected(4, 5))).toEqual([
        cell({ marks: [markOf(5, { version: 4, corrected: true })] }),
      ])
    })

    it('are empty after a withdrawal, and hold the mark that is recorded after it', async () => {
      expect(await cells(...held, withdrawn(4))).toEqual([cell({})])
      const again = { ...markRecorded(ANNA, 3).event, type: 'MarkRecorded' } as const
      const entry = id('mark/again')
      const recorded = onPage({ ...again, data: { ...again.data, entry } } as DomainEvent, LATER)
      expect(await cells(...held, withdrawn(4), recorded)).toEqual([
        cell({ marks: [markOf(3, { entry, version: 5, recordedAt: LATER })] }),
      ])
    })

    it('hold one mark for each work, in the order of their record', async () => {
      const answer = [workHeld('lesson-answer'), markRecorded(ANNA, 5, 'lesson-answer')]
      expect(await cells(...held, ...answer, corrected(4, 2))).toEqual([
        cell({
          marks: [
            markOf(2, { version: 6, corrected: true }),
            markOf(5, {
              entry: entryOf(ANNA, 'lesson-answer'),
              work: workId(LESSON, 'lesson-answer'),
              version: 5,
            }),
          ],
        }),
      ])
    })

    it('hold the comments on a mark, reworded ones in their last wording', async () => {
      const author = mathematician.account
      const first = { comment: COMMENT, text: 'Хорошо', author, at: RECORDED, version: 4, corrected: false }
      const second = {
        ...first,
        comment: id('comment/2'),
        text: 'Списать не с кого было',
        version: 5,
      }
      const both = [commentMade(aMark, first.text), commentMade(aMark, second.text, second.comment)]
      expect(await cells(...held, ...both)).toEqual([
        cell({ marks: [markOf(4, { version: 3, comments: [first, second] })] }),
      ])
      expect(await cells(...held, ...both, commentReworded(aMark, 'Отлично'))).toEqual([
        cell({
          marks: [
            markOf(4, {
              version: 3,
              comments: [{ ...first, text: 'Отлично', version: 6, corrected: true }, second],
            }),
          ],
        }),
      ])
    })

    it('hold the code of an absence, and the one to which it was changed', async () => {
      const taken = attendanceTaken([ANNA, 'Н'], [BORIS, 'Опз'])
      const late = cell({ absence: { code: 'Опз', version: 2, corrected: false } }, BORIS)
      const away = cell({ absence: { code: 'Н', version: 2, corrected: false } })
      expect(new Set(await cells(taken))).toEqual(new Set([away, late]))
      const ill = cell({ absence: { code: 'Н/б', version: 3, corrected: true } })
      expect(new Set(await cells(taken, absenceChanged('Н', 'Н/б')))).toEqual(new Set([ill, late]))
      const there = cell({ absence: { code: null, version: 4, corrected: true } })
      expect(new Set(await cells(taken, absenceChanged('Н', 'Н/б'), absenceChanged('Н/б', null)))).toEqual(
        new Set([there, late]),
      )
      expect(await cells(attendanceTaken(), absenceChanged(null, 'Н', GLEB))).toEqual([
        cell({ absence: { code: 'Н', version: 3, corrected: true } }, GLEB),
      ])
    })

    it('stand alike in the diary', async () => {
      const history = [pageOpened, lessonRecorded, ...held, attendanceTaken([BORIS, 'Н']), corrected(4, 5)]
      const journal = await rows(`${JOURNAL}.cell`, [history])
      expect(journal).toHaveLength(2)
      expect(await rows(`${DIARY}.entry`, [history])).toEqual(journal)
    })

    it('hold value before and after, author, reason and lateness', async () => {
      const history = [pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 4), corrected(4, 5)]
      const lines = (await rows('audit_trail_v2.line', [history], 'revision, ordinal')) as object[]
      expect(lines).toHaveLength(5)
      expect(lines[3]).toMatchObject({
        revision: 3,
        ordinal: 0,
        type: 'MarkRecorded',
        at: RECORDED,
        account: mathematician.account,
        lesson: LESSON,
        person: ANNA,
        mark: ENTRY,
        before: null,
        after: { value: 4 },
        reason: null,
        late_by: 0,
      })
      expect(lines[4]).toMatchObject({
        revision: 4,
        type: 'MarkCorrected',
        at: LATER,
        account: deputy.account,
        person: ANNA,
        before: { value: 4 },
        after: { value: 5 },
        reason: 'typing-error',
        late_by: null,
      })
    })

    it('have a line for the lesson and one for each pupil of an attendance', async () => {
      const taken = attendanceTaken([ANNA, 'Н'], [BORIS, 'Опз'])
      const lines = await rows(
        'audit_trail_v2.line',
        [pageOpened, lessonRecorded, taken],
        'revision, ordinal',
      )
      expect(lines.slice(2)).toMatchObject([
        { ordinal: 0, person: null, after: { absent: 2 } },
        { ordinal: 1, person: ANNA, after: { code: 'Н' } },
        { ordinal: 2, person: BORIS, after: { code: 'Опз' } },
      ])
    })
  })
})
