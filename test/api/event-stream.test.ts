import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { comparePositions, formatPosition, parsePosition } from '#events/store/position.ts'
import {
  accountOf,
  type Api,
  beforehand,
  type Client,
  expectProblem,
  type LogIn,
  openApi,
} from '#support/api.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  date,
  DINA,
  ENGLISH,
  GLEB,
  id,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  past,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { EventListener } from '#support/event-stream.ts'
import { MarkWriter } from '#support/mark-writer.ts'
import { type Past, SCHOOL } from '#support/spec.ts'
import { until } from '#support/until.ts'
import { lessonId, pageId } from '#values/school.ts'

const engine = testEngine('pglite')
const ENGLISH_PAGE = pageId(ENGLISH, Q2)
const ENGLISH_LESSON = lessonId(ENGLISH, MONDAY, 5)
const STREAMS = { perAccount: 3, perProcess: 20, heartbeat: 200, stall: 400 }

const englishPageOpened = past('journalPage', ENGLISH_PAGE, {
  type: 'PageOpened',
  data: { journal: ENGLISH, year: YEAR, period: Q2, grading: 'g5' },
})

const opened: Api[] = []
afterAll(async () => {
  for (const api of opened) await api.close()
})

/** A service that listens on a port, with everybody who can log in. */
async function listening(
  people?: readonly LogIn[],
  more: readonly Past[] = [],
): Promise<{ api: Api; address: string }> {
  const history = [...beforehand, englishPageOpened, ...more]
  const api = await openApi(engine, {
    history,
    streams: STREAMS,
    ...(people === undefined ? {} : { people }),
  })
  opened.push(api)
  return { api, address: await api.app.listen({ host: '127.0.0.1', port: 0 }) }
}

const listen = async (
  { api, address }: { api: Api; address: string },
  login: LogIn,
  options: Parameters<typeof EventListener.open>[2] = {},
): Promise<EventListener> => EventListener.open(address, (await api.as(login)).token, options)

async function done(client: Client, path: string, body: object, headers = {}): Promise<void> {
  const answer = await client.post(path, body, headers)
  if (answer.status !== 201) expect.fail(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
}

/** Waits until everybody has heard everything that is recorded now. */
async function caughtUp(api: Api, ...listeners: readonly EventListener[]): Promise<void> {
  const head = await api.installation.execution.store.head()
  await until(() => listeners.every(({ lastId }) => comparePositions(parsePosition(lastId!), head) >= 0))
}

const typesOf = ({ heard }: EventListener): string[] =>
  heard.map(({ type }) => type.replace(/^journal\.(\w+)\.v\d+$/, '$1'))

describe('the stream of events (R-F1, of what it delivers: as soon as it is recorded, to each what concerns him)', () => {
  let service: { api: Api; address: string }
  const listeners = {} as Record<LogIn, EventListener>
  beforeAll(async () => {
    service = await listening()
    const { api } = service
    for (const login of [
      'head',
      'deputy',
      'auditor',
      'mathematician',
      'english',
      'stranger',
      'anna',
      'boris',
      'mother',
    ] as const) {
      listeners[login] = await listen(service, login)
    }
    const mathematician = await api.as('mathematician')
    const page = `pages/${PAGE}`
    await done(mathematician, `${page}/record-lesson`, { date: MONDAY, number: 3, topic: 'Степень числа' })
    await done(mathematician, `${page}/take-attendance`, {
      lesson: LESSON,
      absentees: [
        { pupil: BORIS, code: 'Н' },
        { pupil: GLEB, code: 'Н/б' },
      ],
    })
    await done(mathematician, `${page}/record-marks`, {
      lesson: LESSON,
      kind: 'test',
      marks: [{ pupil: ANNA, value: 5 }],
    })
    const marked = (await api.events(`${SCHOOL}.journalPage-${PAGE}`)).at(-1)!.data as { entry: string }
    await done(mathematician, `${page}/add-comment`, {
      lesson: LESSON,
      on: { kind: 'mark', entry: marked.entry },
      text: 'Решила задачу со звёздочкой',
    })
    await done(mathematician, `${page}/set-homework`, { lesson: LESSON, text: 'Стр. 45, № 340' })
    const english = await api.as('english')
    const as = { 'letopis-role': 'teacher' }
    await done(
      english,
      `pages/${ENGLISH_PAGE}/record-lesson`,
      { date: MONDAY, number: 5, topic: 'Present Perfect' },
      as,
    )
    await done(
      english,
      `pages/${ENGLISH_PAGE}/record-marks`,
      { lesson: ENGLISH_LESSON, kind: 'lesson-answer', marks: [{ pupil: ANNA, value: 4 }] },
      as,
    )
    await caughtUp(api, ...Object.values(listeners))
  })

  const algebra = [
    'LessonRecorded',
    'AttendanceTaken',
    'WorkHeld',
    'MarkRecorded',
    'CommentMade',
    'HomeworkSet',
  ]
  const english = ['LessonRecorded', 'WorkHeld', 'MarkRecorded']

  it('is one of server-sent events that nothing on the way keeps or holds back', () => {
    const { status, headers } = listeners.head
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it.each(['head', 'deputy', 'auditor'] as const)('tells %s everything', (login) => {
    expect(typesOf(listeners[login])).toEqual([...algebra, ...english])
  })

  it('R-2.3: tells a teacher of the pages whose journals he teaches, and nothing of others', () => {
    expect(typesOf(listeners.mathematician)).toEqual(algebra)
    expect(listeners.mathematician.heard[1]!.data['absentees']).toEqual([{ pupil: BORIS }, { pupil: GLEB }])
    expect(typesOf(listeners.stranger)).toEqual([])
  })

  it('R-2.4: tells the class teacher of every journal of the class', () => {
    expect(typesOf(listeners.english)).toEqual([...algebra, ...english])
  })

  it('tells a pupil and the parents what concerns the child, and nothing of other children', () => {
    for (const login of ['anna', 'mother'] as const) {
      expect(typesOf(listeners[login]), login).toEqual([...algebra, ...english])
      expect(listeners[login].heard[1]!.data['absentees']).toEqual([])
      expect(JSON.stringify(listeners[login].heard)).not.toContain(BORIS)
    }
    // Boris does not learn in the group of English, and the mark is not his.
    expect(typesOf(listeners.boris)).toEqual(['LessonRecorded', 'AttendanceTaken', 'WorkHeld', 'HomeworkSet'])
    expect(listeners.boris.heard[1]!.data['absentees']).toEqual([{ pupil: BORIS }])
    for (const other of [ANNA, GLEB]) expect(JSON.stringify(listeners.boris.heard)).not.toContain(other)
  })

  it('tells each event in the form of the bus, with its position as id', () => {
    const { heard, lastId } = listeners.head
    expect(heard[0]).toMatchObject({ specversion: '1.0', type: 'journal.LessonRecorded.v1', school: SCHOOL })
    expect(lastId).toBe(heard.at(-1)!.position)
    // Who heard nothing knows all the same how far he has come.
    expect(comparePositions(parsePosition(listeners.stranger.lastId!), parsePosition(lastId!))).toBe(0)
  })

  it('goes on after the last id, or after a position of the address; in one role where one is named', async () => {
    const { heard } = listeners.head
    const again = await listen(service, 'head', {
      query: '?after=0-0',
      headers: { 'last-event-id': heard[2]!.position },
    })
    const inOneRole = await listen(service, 'english', {
      query: `?after=${heard[0]!.position}`,
      headers: { 'letopis-role': 'teacher' },
    })
    await caughtUp(service.api, again, inOneRole)
    expect(again.heard).toEqual(heard.slice(3))
    expect(typesOf(inOneRole)).toEqual(english)
    await again.leave()
    await inOneRole.leave()
  })

  it('is refused to whoever has no such role, or none that may listen, or asks for what is no position', async () => {
    const { api } = service
    const ask = async (login: LogIn, headers = {}, query = '') =>
      (await api.as(login)).get(`events/stream${query}`, headers)
    expectProblem(await ask('archivist'), 'role-not-permitted')
    expectProblem(await ask('mathematician', { 'letopis-role': 'head' }), 'role-not-held', { role: 'head' })
    expectProblem(await ask('head', { 'last-event-id': 'seven' }), 'malformed-request')
    expectProblem(await ask('head', {}, '?after=7'), 'malformed-request')
    expectProblem(await ask('head', {}, '?from=7-7'), 'malformed-request')
  })
})

describe('where several classes learn together', () => {
  const group = id('group/choir')
  const journal = id('journal/choir')
  const page = pageId(journal, Q2)
  const lesson = lessonId(journal, MONDAY, 6)
  const from = date('2026-09-01')
  const choir: readonly Past[] = [
    past('roster', 'main', {
      type: 'GroupFormed',
      data: { group, year: YEAR, name: 'Хор', kind: 'elective', classes: [CLASS_7A, CLASS_7B] },
    }),
    ...[ANNA, DINA].map((pupil) =>
      past('roster', 'main', { type: 'PupilJoinedGroup', data: { group, pupil, from } }),
    ),
    past('teachingLoad', YEAR, {
      type: 'JournalOpened',
      data: {
        journal,
        subject: id('subject/algebra'),
        learners: { kind: 'group', group },
        type: 'elective',
        grading: 'g5',
        name: 'Хор',
      },
    }),
    past('teachingLoad', YEAR, {
      type: 'TeacherAssigned',
      data: { journal, staff: MATHEMATICIAN, from },
    }),
    past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: {
        class: CLASS_7B,
        effectiveFrom: from,
        slots: [{ weekday: 1, number: 6, journal, room: null }],
      },
    }),
    past('journalPage', page, {
      type: 'PageOpened',
      data: { journal, year: YEAR, period: Q2, grading: 'g5' },
    }),
  ]

  it('R-2.4: tells the class teacher of the pupils of the own class, and its teacher of everybody', async () => {
    const service = await listening(['english', 'mathematician'], choir)
    const [leader, teacher] = [await listen(service, 'english'), await listen(service, 'mathematician')]
    const mathematician = await service.api.as('mathematician')
    const write = (name: string, body: object) => done(mathematician, `pages/${page}/${name}`, body)
    await write('record-lesson', { date: MONDAY, number: 6, topic: 'Канон' })
    await write('take-attendance', { lesson, absentees: [] })
    await write('record-marks', {
      lesson,
      kind: 'lesson-answer',
      marks: [
        { pupil: ANNA, value: 5 },
        { pupil: DINA, value: 4 },
      ],
    })
    await caughtUp(service.api, leader, teacher)
    const recorded = ['LessonRecorded', 'AttendanceTaken', 'WorkHeld', 'MarkRecorded']
    expect(typesOf(leader)).toEqual(recorded)
    expect(JSON.stringify(leader.heard)).toContain(ANNA)
    expect(JSON.stringify(leader.heard)).not.toContain(DINA)
    expect(typesOf(teacher)).toEqual([...recorded, 'MarkRecorded'])
  })
})

const grade = (of: number) => ({ role: 'deputy', from: '2026-09-01', scope: { grades: [of] } })

describe('a right that changes while somebody listens', () => {
  it('is gone with the event that took it away, and there with the one that gave it', async () => {
    const service = await listening(['deputy', 'mathematician', 'stranger'])
    const { api } = service
    const [released, assigned] = [await listen(service, 'mathematician'), await listen(service, 'stranger')]
    const mathematician = await api.as('mathematician')
    const deputy = await api.as('deputy')
    const page = `pages/${PAGE}`
    await done(mathematician, `${page}/record-lesson`, { date: MONDAY, number: 3, topic: 'Степень числа' })
    const journal = { journal: ALGEBRA, from: MONDAY }
    const load = `years/${YEAR}/journals`
    await done(deputy, `${load}/${releaseTeacher.name}`, { ...journal, staff: MATHEMATICIAN })
    await done(deputy, `${load}/${assignTeacher.name}`, { ...journal, staff: STRANGER })
    const stranger = await api.as('stranger')
    await done(
      stranger,
      `${page}/set-homework`,
      { lesson: LESSON, text: 'Стр. 45, № 340' },
      { 'letopis-role': 'teacher' },
    )
    await caughtUp(api, released, assigned)
    expect(typesOf(released)).toEqual(['LessonRecorded'])
    expect(typesOf(assigned)).toEqual(['TeacherAssigned', 'HomeworkSet'])
  })

  it('ends the stream when it was the last: a role that ends at midnight ends at midnight', async () => {
    const service = await listening(['retired', 'head'])
    service.api.at('2026-11-08T16:50:00.000Z')
    const [retired, head] = [await listen(service, 'retired'), await listen(service, 'head')]
    await caughtUp(service.api, retired, head)
    service.api.at('2026-11-08T17:00:00.000Z')
    await retired.ended
    expect(service.api.app.eventStreams.open).toBe(1)
    await head.leave()
  })

  it('ends the stream at noon when the role ends at noon, though no event tells it then', async () => {
    const service = await listening(['deputy', 'administrator', 'head'])
    const noon = '2026-11-09T04:40:00.000Z'
    const account = accountOf('deputy')
    const administrator = await service.api.as('administrator')
    await done(administrator, `accounts/${account}/${endRole.name}`, { role: 'deputy', from: noon })
    const [deputy, head] = [await listen(service, 'deputy'), await listen(service, 'head')]
    service.api.at('2026-11-09T04:39:59.999Z')
    await caughtUp(service.api, deputy, head)
    expect(service.api.app.eventStreams.open).toBe(2)
    service.api.at(noon)
    await deputy.ended
    expect(service.api.app.eventStreams.open).toBe(1)
    await head.leave()
  })

  it('R-7A.16b: of a deputy follows the competence, from the moment at which it is granted', async () => {
    const service = await listening(['deputy', 'administrator', 'mathematician'])
    const { api } = service
    const account = accountOf('deputy')
    const [administrator, mathematician] = [await api.as('administrator'), await api.as('mathematician')]
    const access = `accounts/${account}`
    await done(administrator, `${access}/${endRole.name}`, { role: 'deputy' })
    await done(administrator, `${access}/${grantRole.name}`, grade(8))
    const deputy = await listen(service, 'deputy')
    const page = `pages/${PAGE}`
    await done(mathematician, `${page}/record-lesson`, { date: MONDAY, number: 3, topic: 'Степень числа' })
    await done(administrator, `${access}/${grantRole.name}`, grade(7))
    await done(mathematician, `${page}/set-homework`, { lesson: LESSON, text: 'Стр. 45, № 340' })
    await caughtUp(api, deputy)
    expect(typesOf(deputy)).toEqual(['HomeworkSet'])
  })

  it('ends with the token', async () => {
    const service = await listening(['head'])
    const head = await listen(service, 'head')
    service.api.at('2026-11-09T04:49:59.000Z')
    await caughtUp(service.api, head)
    expect(service.api.app.eventStreams.open).toBe(1)
    service.api.at('2026-11-09T04:50:00.000Z')
    await head.ended
    expect(service.api.app.eventStreams.open).toBe(0)
  })
})

describe('streams of events', () => {
  it('that break at any moment and come again lose nothing and hear nothing twice, while many write', async () => {
    const service = await listening(['head'])
    const { store } = service.api.installation.execution
    const start = formatPosition((await store.head())!)
    const writers = ['a', 'b', 'c'].map((page) => new MarkWriter(SCHOOL, page))
    const over = new AbortController()
    const written = Promise.all(
      writers.map(async (writer) => {
        for (let i = 0; i < 60; i++) await writer.write(store, 1 + (i % 9))
      }),
    ).finally(() => over.abort())
    const heard: string[] = []
    let last = start
    const listenOnce = async (whole: boolean): Promise<void> => {
      const one = await listen(service, 'head', { headers: { 'last-event-id': last } })
      if (whole) await caughtUp(service.api, one)
      else await until(() => one.heard.length > 0 || over.signal.aborted)
      await one.leave()
      heard.push(...one.heard.map(({ id }) => id))
      last = one.lastId ?? last
    }
    let times = 0
    while (!over.signal.aborted) {
      await listenOnce(false)
      times++
    }
    await written
    await listenOnce(true)
    expect(times).toBeGreaterThan(2)
    const log: string[] = []
    for await (const { id } of store.readAll({ school: SCHOOL, after: parsePosition(start) })) log.push(id)
    expect(heard).toEqual(log)
  })

  it('need no read model, no relay and nobody who writes in this process', async () => {
    const service = await listening(['head', 'mathematician'])
    const { projectors, execution } = service.api.installation
    for (const projector of projectors) await projector.stop()
    const head = await listen(service, 'head')
    const marks = new MarkWriter(SCHOOL)
    await marks.write(execution.store, 20)
    await caughtUp(service.api, head)
    expect(head.heard.map(({ id }) => id)).toEqual(marks.written)
  })

  it('are limited for each account, and leave their place when they end', async () => {
    const service = await listening(['head', 'deputy'])
    const open = await Promise.all([1, 2, 3].map(() => listen(service, 'head')))
    const { token } = await service.api.as('head')
    const url = `${service.address}/v1/schools/${SCHOOL}/events/stream`
    const refused = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({ reason: 'streams-exhausted', facts: { perAccount: 3 } })
    const other = await listen(service, 'deputy')
    await open[0]!.leave()
    await until(() => service.api.app.eventStreams.open === 3)
    const again = await listen(service, 'head')
    expect(again.status).toBe(200)
    for (const one of [...open, other, again]) await one.leave()
  })

  it('are cut when nobody takes what they are sent, and hold nothing back for him', async () => {
    const service = await listening(['head'])
    const { projectors, execution } = service.api.installation
    for (const projector of projectors) await projector.stop()
    // More than the buffers of the system take on the way.
    await new MarkWriter(SCHOOL).write(execution.store, 12_000)
    const { token } = await service.api.as('head')
    const { port } = new URL(service.address)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.pause()
    const before = process.memoryUsage().external + process.memoryUsage().heapUsed
    socket.write(
      `GET /v1/schools/${SCHOOL}/events/stream?after=0-0 HTTP/1.1\r\nhost: here\r\nauthorization: Bearer ${token}\r\n\r\n`,
    )
    await until(() => service.api.app.eventStreams.open === 1)
    await until(() => service.api.app.eventStreams.open === 0)
    expect(process.memoryUsage().external + process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000)
    socket.destroy()
  })

  it('end when the service stops, which does not wait for them', async () => {
    const logins = ['head', 'deputy', 'auditor', 'mathematician', 'anna', 'boris', 'mother'] as const
    const service = await listening(logins)
    const listeners = [...logins, ...logins].map((login) => listen(service, login))
    const all = await Promise.all(listeners)
    const started = performance.now()
    await service.api.app.close()
    for (const { ended } of all) await ended
    expect(performance.now() - started).toBeLessThan(15_000)
  })
})
