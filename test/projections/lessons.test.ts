import { beforeAll, describe, expect, it } from 'vitest'
import type { DomainEvent } from '#events/registry.ts'
import { KindId } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  attendanceTaken,
  deputy,
  entryOf,
  homeworkSet,
  id,
  LESSON,
  lessonRecorded,
  MATHEMATICIAN,
  mathematician,
  markRecorded,
  onPage,
  PAGE,
  pageOpened,
  workHeld,
  YEAR,
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

const onMark = { entry: ENTRY, work: WORK, lesson: LESSON, pupil: ANNA }
const withdrawn = (previous: number) =>
  onPage({ type: 'MarkWithdrawn', data: { ...onMark, previous, ...why } }, LATER)
const commentMade = (on: Extract<DomainEvent, { type: 'CommentMade' }>['data']['on'], text: string) =>
  onPage({ type: 'CommentMade', data: { comment: COMMENT, lesson: LESSON, on, text } })
const commentReworded = (on: Extract<DomainEvent, { type: 'CommentMade' }>['data']['on'], text: string) =>
  onPage(
    { type: 'CommentCorrected', data: { comment: COMMENT, lesson: LESSON, on, previous: 'Замена', text } },
    LATER,
  )

const recorded = {
  lesson: LESSON,
  date: '2026-11-09',
  number: 3,
  type: 'lesson',
  topic: 'Степень с натуральным показателем. Изучение нового материала',
  material: null,
  teacher: MATHEMATICIAN,
  scheduled: [MATHEMATICIAN],
  substitution: null,
  combination: null,
  transferred_from: null,
  plan: null,
  version: 1,
  recorded_at: RECORDED,
  late_by: 0,
  corrected: false,
  attendance: null,
  homework: null,
  comments: [],
}
const content = (homeworkSet.event as Extract<DomainEvent, { type: 'HomeworkSet' }>).data.homework
const declined = (previous: typeof content | null, at: string) =>
  onPage(
    {
      type: 'HomeworkDeclined',
      data: { lesson: LESSON, previous, dueAt: '2026-11-09T07:20:00.000Z' as never, ...why },
    },
    at,
  )
const homeworkCorrected = (previous: typeof content | null, text: string) =>
  onPage(
    {
      type: 'HomeworkCorrected',
      data: { lesson: LESSON, previous, homework: { ...content, text }, ...why },
    },
    LATER,
    deputy,
  )
const fix = (data: object) =>
  onPage({ type: 'LessonCorrected', data: { lesson: LESSON, ...data, ...why } } as DomainEvent)

const comment = {
  comment: COMMENT,
  text: 'Замена',
  author: mathematician.account,
  at: RECORDED,
  version: 2,
  corrected: false,
}

describe('the rows of a lesson and of its page', () => {
  eachEngine((engine) => {
    let rows: Folding['rowsAfter']
    beforeAll(async () => {
      const folding = await Folding.open((await engine.open()).kysely, 'of')
      rows = folding.rowsAfter.bind(folding)
    })

    const lesson = async (...history: readonly Past[]) =>
      (await rows(`${JOURNAL}.lesson`, [pageOpened, lessonRecorded, history]))[0]

    it('hold what was recorded, and by how many whole seconds it was late', async () => {
      expect(await lesson()).toEqual(recorded)
      const late = { ...lessonRecorded, at: '2026-11-09T17:01:00.500Z' as Past['at'] }
      expect(await rows(`${JOURNAL}.lesson`, [pageOpened, late])).toEqual([
        { ...recorded, recorded_at: late.at, late_by: 61 },
      ])
    })

    it('hold a corrected field and the version of the correction', async () => {
      const topic = fix({ field: 'topic', previous: recorded.topic, value: 'Одночлены' })
      expect(await lesson(topic)).toEqual({ ...recorded, topic: 'Одночлены', version: 2, corrected: true })
      const material = fix({ field: 'material', previous: null, value: 'Примеры из § 12' })
      const type = fix({ field: 'type', previous: 'lesson', value: 'practical' })
      expect(await lesson(topic, material, type)).toEqual({
        ...recorded,
        topic: 'Одночлены',
        material: 'Примеры из § 12',
        type: 'practical',
        version: 4,
        corrected: true,
      })
    })

    it('hold that attendance was taken, when nobody was absent too', async () => {
      const attendance = { takenAt: RECORDED, lateBy: 0, version: 2 }
      expect(await lesson(attendanceTaken())).toEqual({ ...recorded, attendance })
      const late = { ...attendanceTaken([ANNA, 'Н']), at: '2026-11-09T17:00:01.000Z' as Past['at'] }
      expect(await lesson(late)).toEqual({
        ...recorded,
        attendance: { takenAt: late.at, lateBy: 2, version: 2 },
      })
    })

    it('hold homework, «не задано», and what came of either; lateness is that of the first entry', async () => {
      const set = {
        content,
        version: 2,
        recordedAt: RECORDED,
        lateBy: 0,
        corrected: false,
        comments: [],
      }
      expect(await lesson(homeworkSet)).toEqual({ ...recorded, homework: set })
      expect(await lesson(homeworkSet, homeworkCorrected(content, 'Решить № 341'))).toEqual({
        ...recorded,
        homework: { ...set, content: { ...content, text: 'Решить № 341' }, version: 3, corrected: true },
      })
      expect(await lesson(homeworkSet, declined(content, LATER))).toEqual({
        ...recorded,
        homework: { ...set, content: null, version: 3, corrected: true },
      })
      const at = '2026-11-09T07:20:30.900Z'
      const nothing = { ...set, content: null, recordedAt: at, lateBy: 30 }
      expect(await lesson(declined(null, at))).toEqual({ ...recorded, homework: nothing })
      expect(await lesson(declined(null, at), homeworkCorrected(null, 'Решить № 341'))).toEqual({
        ...recorded,
        homework: {
          ...nothing,
          content: { ...content, text: 'Решить № 341' },
          version: 3,
          corrected: true,
        },
      })
    })

    it('hold the comments on the lesson and on its homework, apart', async () => {
      expect(await lesson(commentMade({ kind: 'lesson' }, 'Замена'))).toEqual({
        ...recorded,
        comments: [comment],
      })
      const reworded = commentReworded({ kind: 'lesson' }, 'Замена кабинета')
      expect(await lesson(commentMade({ kind: 'lesson' }, 'Замена'), reworded)).toEqual({
        ...recorded,
        comments: [{ ...comment, text: 'Замена кабинета', version: 3, corrected: true }],
      })
      const onHomework = commentMade({ kind: 'homework' }, 'Замена')
      const row = (await lesson(homeworkSet, onHomework, homeworkCorrected(content, 'Решить № 341'))) as {
        homework: { comments: unknown }
        comments: unknown
      }
      expect(row.homework.comments).toEqual([{ ...comment, version: 3 }])
      expect(row.comments).toEqual([])
    })

    it('hold the columns of marks with their deadlines', async () => {
      expect(await rows(`${JOURNAL}.work`, [pageOpened, lessonRecorded, workHeld('test', 2)])).toEqual([
        {
          work: WORK,
          lesson: LESSON,
          kind: 'test',
          weight: 2,
          test: null,
          due_at: '2026-11-16T16:59:59.000Z',
        },
      ])
      expect(await rows(`${DIARY}.work`, [pageOpened, lessonRecorded, workHeld('test', 2)])).toEqual([
        { work: WORK, kind: 'test', weight: 2 },
      ])
    })

    it('hold where the page belongs and the revision of its last event', async () => {
      const history = [pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 4), withdrawn(4)]
      const page = { page: PAGE, journal: ALGEBRA, year: YEAR, period: 'q2', grading: 'g5' }
      expect(await rows(`${JOURNAL}.page`, [history])).toEqual([{ ...page, revision: 4 }])
      expect(await rows(`${DIARY}.page`, [history])).toEqual([page])
      expect(await rows('audit_trail_v2.page', [history])).toEqual([page])
    })
  })
})
