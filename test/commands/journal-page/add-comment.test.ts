import { describe, expect, it } from 'vitest'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { lessonId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  classTeacher,
  date,
  deputy,
  entryOf,
  homeworkSet,
  id,
  LESSON,
  lessonOn,
  lessonRecorded,
  markRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  school,
  stranger,
  without,
  workHeld,
} from '#support/class-7a.ts'
import { given, idMadeBy, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-09T03:50:00.000Z'
const ENTRY = entryOf(ANNA, 'test')
const words = { page: PAGE, lesson: LESSON, text: 'Решала у доски, уверенно' }
const onLesson = { ...words, on: { kind: 'lesson' } } as const
const onMark = { ...words, on: { kind: 'mark', entry: ENTRY } } as const
const onHomework = { ...words, on: { kind: 'homework' } } as const
const held = given(school, pageOpened, lessonRecorded)
const marked = held.and(workHeld('test'), markRecorded(ANNA, 5))
const made = {
  comment: idMadeBy(as, addComment, 'comment'),
  lesson: LESSON,
  text: 'Решала у доски, уверенно',
}

describe('add-comment', () => {
  it('comments on a lesson', () => {
    held
      .when(addComment, onLesson, { as, now })
      .records({ type: 'CommentMade', data: { ...made, on: { kind: 'lesson' } } })
  })

  it('comments on a mark and says whose it is, because it is for that pupil alone', () => {
    marked
      .when(addComment, onMark, { as, now })
      .records({ type: 'CommentMade', data: { ...made, on: { kind: 'mark', entry: ENTRY, pupil: ANNA } } })
  })

  it('comments on homework, also where none was set', () => {
    held
      .and(homeworkSet)
      .when(addComment, onHomework, { as, now })
      .records({ type: 'CommentMade', data: { ...made, on: { kind: 'homework' } } })
    const declined = onPage({
      type: 'HomeworkDeclined',
      data: {
        lesson: LESSON,
        previous: null,
        dueAt: '2026-11-09T07:20:00.000Z' as never,
        reason: null,
        note: null,
      },
    })
    held.and(declined).when(addComment, onHomework, { as, now }).records('CommentMade')
  })

  it('refuses homework of which nothing was said yet', () => {
    held.when(addComment, onHomework, { as, now }).refuses('homework-unknown', { lesson: LESSON })
  })

  it('refuses a mark that does not stand, or stands at another lesson', () => {
    held.when(addComment, onMark, { as, now }).refuses('mark-unknown', { entry: ENTRY })
    marked
      .and(lessonOn('2026-11-09', 4))
      .when(addComment, { ...onMark, lesson: lessonId(ALGEBRA, date('2026-11-09'), 4) }, { as, now })
      .refuses('mark-unknown', { entry: ENTRY })
  })

  it('refuses a page, its ground and a lesson that are not there', () => {
    given(school).when(addComment, onLesson, { as, now }).refuses('page-unknown')
    held
      .when(addComment, { ...onLesson, lesson: id('lesson/none') }, { as, now })
      .refuses('lesson-unknown', { lesson: id('lesson/none') })
    given(without(school, 'JournalOpened'), pageOpened, lessonRecorded)
      .when(addComment, onLesson, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), pageOpened, lessonRecorded)
      .when(addComment, onLesson, { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses who may not: another teacher, one released yesterday, the deputy, the class teacher', () => {
    held.when(addComment, onLesson, { as: stranger, now }).refuses('journal-not-taught')
    held
      .and(mathematicianReleased('2026-11-09'))
      .when(addComment, onLesson, { as, now })
      .refuses('journal-not-taught')
    held.when(addComment, onLesson, { as: deputy, now }).refuses('role-not-permitted')
    held.when(addComment, onLesson, { as: classTeacher, now }).refuses('role-not-permitted')
  })

  it('takes 2,000 characters, not one more, and not none', () => {
    held
      .when(addComment, { ...onLesson, text: 'ё'.repeat(2_000) }, { as, now })
      .records({ type: 'CommentMade', data: { text: 'ё'.repeat(2_000) } })
    expect(malformed(addComment, { ...onLesson, text: 'ё'.repeat(2_001) })).toEqual(['text'])
    expect(malformed(addComment, { ...onLesson, text: '  ' })).toEqual(['text'])
    expect(malformed(addComment, { ...onLesson, text: '+' })).toEqual([])
  })

  it('counts «й» as one character, however it was typed', () => {
    held
      .when(addComment, { ...onLesson, text: 'и\u0306'.repeat(2_000) }, { as, now })
      .records({ type: 'CommentMade', data: { text: 'й'.repeat(2_000) } })
  })

  it('keeps mark-up as typed and refuses what the log could not carry', () => {
    held
      .when(addComment, { ...onLesson, text: '<b>a</b> & "b"\n\tвторая строка' }, { as, now })
      .records({ type: 'CommentMade', data: { text: '<b>a</b> & "b"\n\tвторая строка' } })
    for (const text of ['а\u0000б', '\ud83d', '\ude00\ud83d', 'а\u0007', 'а\u007f'])
      expect(malformed(addComment, { ...onLesson, text })).toEqual(['text'])
  })

  it('refuses a comment on nothing known', () => {
    expect(malformed(addComment, { ...words, on: { kind: 'pupil' } })).toEqual(['on.kind'])
    expect(malformed(addComment, { ...words, on: { kind: 'mark' } })).toEqual(['on.entry'])
    expect(malformed(addComment, { ...words, on: { kind: 'lesson', pupil: ANNA } })).toEqual(['on'])
  })
})
