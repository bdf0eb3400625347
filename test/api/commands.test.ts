import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { streamName } from '#events/stream-name.ts'
import { lessonId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import {
  accountOf,
  type Answer,
  type Api,
  type Client,
  commandId,
  expectProblem,
  MORNING,
  openApi,
} from '#support/api.ts'
import { ALGEBRA, ANNA, BORIS, GLEB, LESSON, MATHEMATICIAN, MONDAY, PAGE } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

interface Recorded {
  readonly stream: string
  readonly revision: number
  readonly position: string | null
  readonly repeated: boolean
  readonly events: ReadonlyArray<{ id: string; type: string; revision: number; hash: string; data: object }>
}
interface Grid {
  readonly page: { readonly revision: number }
  readonly lessons: ReadonlyArray<{ lesson: string; comments: ReadonlyArray<{ comment: string }> }>
  readonly cells: ReadonlyArray<{ pupil: string; marks: ReadonlyArray<{ entry: string; version: number }> }>
}
type Line = {
  readonly type: string
  readonly before: unknown
  readonly after: unknown
  readonly reason: string | null
}

const engine = testEngine('pglite')
const page = `pages/${PAGE}`
const FOURTH = lessonId(ALGEBRA, MONDAY, 4)
const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
const marks = (pupil: Uuid, value: number | string, kind = 'test') => ({
  lesson: LESSON,
  kind,
  marks: [{ pupil, value }],
})

/** The mark of an event, as a correction names it. */
const standing = (event: Recorded['events'][number] | undefined) => ({
  entry: (event!.data as { entry: string }).entry,
  expectedVersion: event!.revision,
})

/** Posts a command that must be recorded. */
async function recorded(client: Client, path: string, body: object, headers = {}): Promise<Answer<Recorded>> {
  const answer = await client.post<Recorded>(path, body, headers)
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 })
  return answer
}

/** Reads with everything that was written. */
async function read<Body>(client: Client, path: string, { headers }: Answer<Recorded>): Promise<Body> {
  const answer = await client.get<Body>(path, { 'min-position': headers['letopis-position']! })
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
  return answer.body
}

describe('a lesson of a teacher over HTTP', () => {
  let api: Api
  let teacher: Client
  let last: Answer<Recorded>
  beforeAll(async () => {
    api = await openApi(engine)
    teacher = await api.as('mathematician')
    const write = async (name: string, body: object, minute: number, as = teacher) => {
      api.at(`2026-11-09T04:${String(minute).padStart(2, '0')}:00.000Z`)
      last = await recorded(as, `${page}/${name}`, body)
      return last
    }
    await write('record-lesson', lesson, 0)
    await write('record-lesson', { ...lesson, number: 4, topic: 'Многочлены. Закрепление' }, 1)
    const absentees = [{ pupil: GLEB, code: 'Н' }]
    const attendance = await write('take-attendance', { lesson: LESSON, absentees }, 2)
    const values = [ANNA, BORIS].map((pupil, i) => ({ pupil, value: 4 - i }))
    const column = await write('record-marks', { lesson: LESSON, kind: 'test', marks: values }, 3)
    const [anna, boris] = column.body.events.slice(1)
    await write('correct-mark', { ...standing(anna), value: 5, reason: 'typing-error', note: 'двоилось' }, 4)
    await write('withdraw-mark', { ...standing(boris), reason: 'wrong-pupil' }, 5)
    const homework = await write('set-homework', { lesson: LESSON, text: '§ 12, № 340–345 (письменно)' }, 6)
    await write(
      'correct-homework',
      {
        lesson: LESSON,
        expectedVersion: homework.body.revision,
        text: '§ 12, № 340–343 (письменно)',
        reason: 'typing-error',
      },
      7,
    )
    await write('decline-homework', { lesson: FOURTH }, 8)
    const comment = await write(
      'add-comment',
      { lesson: LESSON, on: { kind: 'lesson' }, text: 'Класс работал.' },
      9,
    )
    await write(
      'correct-comment',
      {
        comment: (comment.body.events[0]!.data as { comment: string }).comment,
        expectedVersion: comment.body.revision,
        text: 'Класс работал хорошо.',
      },
      10,
    )
    const annaMark = { kind: 'mark', entry: standing(anna).entry }
    await write('add-comment', { lesson: LESSON, on: annaMark, text: 'Решила и задачу со звёздочкой.' }, 11)
    await write(
      'change-absence-code',
      {
        lesson: LESSON,
        pupil: GLEB,
        code: 'Н/б',
        expectedVersion: attendance.body.revision,
        reason: 'absence-document',
      },
      12,
    )
  })
  afterAll(() => api.close())

  it('stands in the grid: topics, attendance, the corrected mark, homework, comments', async () => {
    const grid = await read<Grid>(teacher, page, last)
    expect(grid).toMatchObject({
      page: { page: PAGE, revision: last.body.revision, learners: '7А', from: '2026-11-02' },
      lessons: [
        {
          lesson: LESSON,
          topic: lesson.topic,
          homework: { content: { text: '§ 12, № 340–343 (письменно)', due: '2026-11-11' }, corrected: true },
          comments: [{ text: 'Класс работал хорошо.', corrected: true }],
        },
        { lesson: FOURTH, attendance: null, homework: { content: null } },
      ],
    })
    const cellOf = (pupil: Uuid) => grid.cells.find((cell) => cell.pupil === pupil)
    expect(cellOf(ANNA)).toMatchObject({
      absence: null,
      marks: [{ value: 5, corrected: true, comments: [{ text: 'Решила и задачу со звёздочкой.' }] }],
    })
    expect(cellOf(BORIS)?.marks ?? []).toEqual([])
    expect(cellOf(GLEB)).toMatchObject({ absence: { code: 'Н/б', corrected: true }, marks: [] })
  })

  it('stands in the diary of the pupil, with what concerns this pupil alone', async () => {
    const mother = await api.as('mother')
    const diary = await read<{ lessons: unknown[] }>(mother, `pupils/${ANNA}/diary`, last)
    expect(diary).toMatchObject({
      pupil: ANNA,
      from: '2026-11-09',
      until: '2026-11-15',
      lessons: [
        {
          lesson: LESSON,
          subject: 'Алгебра',
          topic: lesson.topic,
          homework: { content: { text: '§ 12, № 340–343 (письменно)' } },
          absence: null,
          marks: [{ value: 5, kind: 'test', weight: 2 }],
        },
        { lesson: FOURTH, marks: [] },
      ],
    })
    expect(JSON.stringify(diary)).not.toContain(BORIS)
  })

  it('keeps in the history of a cell every value that ever stood there, with its author, time and reason', async () => {
    const { lines } = await read<{ lines: Line[] }>(
      teacher,
      `${page}/lessons/${LESSON}/pupils/${ANNA}/history`,
      last,
    )
    expect(lines).toMatchObject([
      {
        type: 'MarkRecorded',
        at: '2026-11-09T04:03:00.000Z',
        before: null,
        after: { value: 4 },
        person: ANNA,
      },
      {
        type: 'MarkCorrected',
        at: '2026-11-09T04:04:00.000Z',
        before: { value: 4 },
        after: { value: 5 },
        reason: 'typing-error',
        note: 'двоилось',
        account: accountOf('mathematician'),
        role: 'teacher',
      },
      { type: 'CommentMade', after: { text: 'Решила и задачу со звёздочкой.' } },
    ])
  })

  it('is in the audit trail whole, the newest first', async () => {
    const auditor = await api.as('auditor')
    const { lines } = await read<{ lines: Line[] }>(auditor, `audit-trail?page=${PAGE}`, last)
    expect(lines.map(({ type }) => type)).toEqual([
      'AbsenceCodeCorrected',
      'CommentMade',
      'CommentCorrected',
      'CommentMade',
      'HomeworkDeclined',
      'HomeworkCorrected',
      'HomeworkSet',
      'MarkWithdrawn',
      'MarkCorrected',
      'MarkRecorded',
      'MarkRecorded',
      'WorkHeld',
      // The taking itself, and the absence of one pupil.
      'AttendanceTaken',
      'AttendanceTaken',
      'LessonRecorded',
      'LessonRecorded',
      'PageOpened',
    ])
  })

  it('leaves in the register of corrections what was changed, and nothing else', async () => {
    const auditor = await api.as('auditor')
    const { lines } = await read<{ lines: Line[] }>(auditor, 'corrections', last)
    expect(lines.map(({ type, before, after, reason }) => [type, before, after, reason])).toMatchObject([
      ['AbsenceCodeCorrected', { code: 'Н' }, { code: 'Н/б' }, 'absence-document'],
      ['CommentCorrected', { text: 'Класс работал.' }, { text: 'Класс работал хорошо.' }, null],
      [
        'HomeworkCorrected',
        { homework: { text: '§ 12, № 340–345 (письменно)' } },
        { homework: { text: '§ 12, № 340–343 (письменно)' } },
        'typing-error',
      ],
      ['MarkWithdrawn', { value: 3 }, null, 'wrong-pupil'],
      ['MarkCorrected', { value: 4 }, { value: 5 }, 'typing-error'],
    ])
  })
})

describe('the headers of a write', () => {
  let api: Api
  let teacher: Client
  beforeEach(async () => {
    api = await openApi(engine, { people: ['mathematician', 'english', 'head-and-deputy'] })
    teacher = await api.as('mathematician')
    return () => api.close()
  })
  const streamOf = () => api.events(streamName(SCHOOL, 'journalPage', PAGE))

  it('Idempotency-Key: the same key and body is recorded once and answered alike', async () => {
    const key = { 'idempotency-key': commandId('lesson') }
    const first = await recorded(teacher, `${page}/record-lesson`, lesson, key)
    api.at('2026-11-09T04:30:00.000Z')
    const again = await teacher.post<Recorded>(`${page}/record-lesson`, lesson, key)
    expect(again).toMatchObject({ status: 200, body: { ...first.body, repeated: true } })
    expect(again.headers).toMatchObject({
      etag: '"1"',
      'idempotency-key': commandId('lesson'),
      'letopis-position': first.headers['letopis-position'],
    })
    expect(await streamOf()).toHaveLength(2)
  })

  it('Idempotency-Key: another body under the same key is refused', async () => {
    const key = { 'idempotency-key': commandId('lesson') }
    await recorded(teacher, `${page}/record-lesson`, lesson, key)
    const other = await teacher.post(`${page}/record-lesson`, { ...lesson, topic: 'Многочлены' }, key)
    expect(other.status).toBe(422)
    expectProblem(other, 'command-id-reused', { command: commandId('lesson') })
  })

  it('Idempotency-Key: what is no UUID is refused, and names the header', async () => {
    const answer = await teacher.post(`${page}/record-lesson`, lesson, { 'idempotency-key': 'lesson-1' })
    expect(answer.status).toBe(400)
    expectProblem(answer, 'malformed-request', { in: 'headers', fields: [{ field: '/idempotency-key' }] })
  })

  it('Idempotency-Key: a command without one gets one of its own, by which it can be repeated', async () => {
    const first = await recorded(teacher, `${page}/record-lesson`, lesson)
    const key = { 'idempotency-key': first.headers['idempotency-key']! }
    const again = await teacher.post(`${page}/record-lesson`, lesson, key)
    expect(again).toMatchObject({ status: 200, body: { repeated: true, events: first.body.events } })
  })

  it('If-Match: the revision of the ETag is accepted, a stale one is refused with the present one', async () => {
    const first = await recorded(teacher, `${page}/record-lesson`, lesson, { 'if-match': '"0"' })
    expect(first.headers['etag']).toBe('"1"')
    const shown = await teacher.get<Grid>(page, { 'min-position': first.headers['letopis-position']! })
    expect(shown.headers['etag']).toBe('"1"')
    await recorded(teacher, `${page}/record-marks`, marks(ANNA, 5), { 'if-match': shown.headers['etag']! })
    const stale = await teacher.post(`${page}/record-marks`, marks(BORIS, 5), { 'if-match': '"1"' })
    expect(stale.status).toBe(409)
    expectProblem(stale, 'stale-revision', { expected: 1, actual: 3 })
  })

  it('If-Match: what is no ETag of ours is malformed', async () => {
    for (const seen of ['1', '"x"', 'W/"1"', '*', '"-1"', '"01"']) {
      const answer = await teacher.post(`${page}/record-lesson`, lesson, { 'if-match': seen })
      expect(answer.status).toBe(400)
      expectProblem(answer, 'malformed-request', { in: 'headers', fields: [{ field: '/if-match' }] })
    }
  })

  it('Letopis-Position: a read that names it shows the write', async () => {
    for (const [i, kind] of ['test', 'quiz', 'homework', 'project', 'dictation'].entries()) {
      if (i === 0) await recorded(teacher, `${page}/record-lesson`, lesson)
      const written = await recorded(teacher, `${page}/record-marks`, marks(ANNA, 5, kind))
      expect(written.headers['letopis-position']).toBe(written.body.position)
      const shown = await read<Grid>(teacher, page, written)
      expect(shown.cells.find(({ pupil }) => pupil === ANNA)?.marks).toHaveLength(i + 1)
    }
  })

  it('Min-Position: one that the log has not come to is 503, to be tried again', async () => {
    const impatient = await openApi(engine, { patience: 20, people: ['mathematician'] })
    const reader = await impatient.as('mathematician')
    const answer = await reader.get(page, { 'min-position': '99999999-99999999' })
    await impatient.close()
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expectProblem(answer, 'not-caught-up', { position: '99999999-99999999' })
  })

  it('Min-Position: what is no position is malformed', async () => {
    for (const position of ['12', '12-', 'a-b', '-1--1', '12-12-12', '9999999999999999999-1']) {
      const answer = await teacher.get(page, { 'min-position': position })
      expect(answer.status).toBe(400)
      expectProblem(answer, 'malformed-request', { in: 'headers', fields: [{ field: '/min-position' }] })
    }
  })

  it('Letopis-Role: a person of several fitting roles must say in which, and the event keeps it', async () => {
    await recorded(teacher, `${page}/record-lesson`, lesson)
    const attendance = await recorded(teacher, `${page}/take-attendance`, {
      lesson: LESSON,
      absentees: [{ pupil: ANNA, code: 'Н' }],
    })
    const english = await api.as('english')
    const change = {
      lesson: LESSON,
      pupil: ANNA,
      code: 'Н/б',
      expectedVersion: attendance.body.revision,
      reason: 'absence-document',
    }
    const ambiguous = await english.post(`${page}/change-absence-code`, change)
    expect(ambiguous.status).toBe(400)
    expectProblem(ambiguous, 'role-ambiguous', { roles: ['class-teacher', 'teacher'] })
    await recorded(english, `${page}/change-absence-code`, change, { 'letopis-role': 'class-teacher' })
    expect((await streamOf()).at(-1)!.meta).toMatchObject({
      role: 'class-teacher',
      by: accountOf('english'),
    })
  })

  it('Letopis-Role: one that the person does not hold is refused, known or not', async () => {
    for (const role of ['deputy', 'Завуч']) {
      const headers = { 'letopis-role': encodeURI(role) }
      const answer = await teacher.post(`${page}/record-lesson`, lesson, headers)
      expect(answer.status).toBe(403)
      expectProblem(answer, 'role-not-held', { role: encodeURI(role), held: ['teacher'] })
      const read = await teacher.get(page, headers)
      expect(read.status).toBe(403)
      expectProblem(read, 'role-not-held', { held: ['teacher'] })
    }
  })

  it('Letopis-Role: one that is held but not permitted is refused', async () => {
    const both = await api.as('head-and-deputy')
    const answer = await both.post(`${page}/record-lesson`, lesson, { 'letopis-role': 'deputy' })
    expect(answer.status).toBe(403)
    expectProblem(answer, 'role-not-permitted', { role: 'deputy', permitted: ['teacher'] })
  })

  it('name the request, the person and the ground in the event', async () => {
    const answer = await recorded(teacher, `${page}/record-lesson`, lesson)
    const event = (await streamOf()).at(-1)!
    expect(event.meta).toMatchObject({
      by: accountOf('mathematician'),
      role: 'teacher',
      at: MORNING,
      cmd: answer.headers['idempotency-key'],
      cred: 1,
    })
    expect(event.meta['basis']).toMatchObject({
      [streamName(SCHOOL, 'access', accountOf('mathematician'))]: 1,
    })
    expect(event.data).toMatchObject({ teacher: MATHEMATICIAN })
  })
})
