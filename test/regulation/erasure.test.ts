import { mkdirSync } from 'node:fs'
import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { cancelKeyDestruction } from '#commands/privacy/cancel-key-destruction.ts'
import { confirmKeyDestruction } from '#commands/privacy/confirm-key-destruction.ts'
import { requestKeyDestruction } from '#commands/privacy/request-key-destruction.ts'
import { query } from '#events/store/sql.ts'
import { restoreCopy } from '#main/backup/restore-copy.ts'
import { openCopy } from '#main/backup/verify-copy.ts'
import { Erasure } from '#main/erasure.ts'
import { checkLog } from '#main/log-copy/check-log.ts'
import { openDisclosure } from '#integrity/privacy/field.ts'
import type { SealedText } from '#values/personal-text.ts'
import { accountOf, beforehand, expectProblem } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { BORIS, date, LESSON, PAGE, past, VERA } from '#support/class-7a.ts'
import { backUp, folders, installed, KEY } from '#support/copies.ts'
import { testEngine } from '#support/databases.ts'
import { Instant } from '#values/time.ts'

const order = { number: '179-а', date: '2053-01-09' }
const people = ['mathematician', 'boris', 'deputy', 'head', 'archivist', 'auditor'] as const
const schools = schoolsAtWork(2, people, [
  ...beforehand,
  past('roster', 'main', {
    type: 'PupilReleased',
    data: {
      pupil: BORIS,
      from: date('2026-12-01'),
      reason: 'moved-away',
      order: { number: '1', date: date('2026-12-01') },
    },
  }),
])
const place = folders()
const engine = testEngine('pglite')
const TEXT = 'Отвечал невнятно, отвлекался'
const NAME = { family: 'Перепёлкин', given: 'Борислав', patronymic: null }

/** Boris has a name, a mark, and what a teacher typed about it; years later his keys are to be destroyed. */
async function remarked(school: SchoolAtWork) {
  await school.recordLesson()
  const { installation } = school.api
  await installation.persons.keep(
    school.name,
    BORIS,
    NAME,
    accountOf('deputy'),
    Instant.parse('2026-09-01T03:00:00.000Z'),
  )
  const marks = [{ pupil: BORIS, value: 3 }]
  const recorded = await school.done('mathematician', recordMarks, {
    page: PAGE,
    lesson: LESSON,
    kind: 'lesson-answer',
    marks,
  })
  const { entry } = recorded.events.at(-1)!.data as { entry: string }
  const made = await school.done('mathematician', addComment, {
    page: PAGE,
    lesson: LESSON,
    on: { kind: 'mark', entry },
    text: TEXT,
  })
  const { comment } = made.events[0]!.data as { comment: string }
  return { entry, comment, version: made.revision }
}

async function asked(school: SchoolAtWork): Promise<void> {
  school.at('2053-01-10T03:00:00.000Z')
  await school.done('archivist', requestKeyDestruction, {
    person: BORIS,
    purposes: ['identity', 'notes'],
    order,
  })
  await school.done('head', confirmKeyDestruction, { person: BORIS })
}

const texts = async (school: SchoolAtWork) => {
  const { cells } = await school.grid()
  return cells
    .find(({ pupil }) => pupil === BORIS)!
    .marks[0]!.comments.map(({ comment: _comment, ...rest }) => rest)
}
const nameOf = async (school: SchoolAtWork) =>
  (await school.api.installation.persons.names(school.name, [BORIS])).get(BORIS)
const log = pino({ level: 'silent' })

describe('the erasure of what is known of a person', () => {
  let school: SchoolAtWork
  let list: string
  let erasure: Erasure
  beforeAll(async () => {
    school = schools.next()
    list = place.folder()
    mkdirSync(list)
    erasure = new Erasure(school.api.installation, [list], log)
  })

  it('R-D8: is at once, everywhere and for good, changes no hash, and no backup brings it back', async () => {
    const before = await remarked(school)
    const { execution, keys, texts: sealed } = school.api.installation
    expect(await texts(school)).toMatchObject([{ text: TEXT }])
    expect(await nameOf(school)).toEqual(NAME)
    const events = await school.log()
    const [disclosed] = await sealed.disclosures(school.name, events)
    const made = events.find(({ type }) => type === 'CommentMade')!
    const { cm } = (made.data['text'] as unknown as SealedText).$pd
    expect(openDisclosure(disclosed!.disclosure!, { path: '/text', cm })).toBe(TEXT)
    const copies = place.folder()
    await backUp(copies, school.api.installation, { key: KEY })
    const heads = await checkLog(execution.store, await execution.store.head())

    await asked(school)
    // From the confirmation on nothing opens, nothing new is written, and it is said and no error.
    expect(await texts(school)).toMatchObject([{ text: null, erased: true }])
    expect(await nameOf(school)).toBeUndefined()
    expect((await sealed.disclosures(school.name, events))[0]!.disclosure).toBeNull()
    const again = { page: PAGE, comment: before.comment, expectedVersion: before.version, text: 'Иначе' }
    expect(await school.give('mathematician', correctComment, again)).toMatchObject({
      body: { reason: 'text-erased' },
    })
    const more = { page: PAGE, lesson: LESSON, on: { kind: 'mark', entry: before.entry }, text: 'Ещё раз' }
    expect(await school.give('mathematician', addComment, more)).toMatchObject({
      body: { reason: 'person-erased' },
    })

    school.at('2053-02-09T02:59:59.999Z')
    await erasure.look()
    expect((await school.log()).at(-1)!.type).toBe('PersonKeyDestructionConfirmed')
    school.at('2053-02-09T03:00:00.000Z')
    await erasure.look()
    await erasure.look()
    const after = await school.log()
    expect(after.filter(({ type }) => type === 'PersonKeyDestroyed')).toHaveLength(1)
    expect(after.at(-1)).toMatchObject({
      type: 'PersonKeyDestroyed',
      data: { person: BORIS, purposes: ['identity', 'notes'] },
    })

    // The records of before stand byte for byte, and the log verifies as it did.
    expect(after.slice(0, events.length).map(({ canonical }) => canonical)).toEqual(
      events.map(({ canonical }) => canonical),
    )
    const now = await checkLog(execution.store, await execution.store.head())
    for (const [stream, head] of heads.heads) expect(now.heads.get(stream), stream).toEqual(head)

    // The act: by whom, when, on which order.
    const act = await school.lines(`audit-trail?person=${BORIS}&limit=50`, 'auditor')
    const steps = act.filter(({ type }) => type.startsWith('PersonKey')).map(({ type, role }) => [type, role])
    expect(steps).toEqual([
      ['PersonKeyDestroyed', 'operator'],
      ['PersonKeyDestructionConfirmed', 'head'],
      ['PersonKeyDestructionRequested', 'archivist'],
    ])
    await expect(
      keys.toSeal(school.name, [{ person: BORIS, purpose: 'notes' }], school.api.now()),
    ).resolves.toEqual(new Map())

    // A copy of before the erasure, with the keys of then.
    const copy = openCopy(copies, null, KEY)
    const target = await installed(await engine.open())
    try {
      const { database, persons, texts: restored } = target
      const store = target.execution.store
      await restoreCopy(copy, { store, database: database.kysely, keys: target.keys, persons, lists: [list] })
      expect((await persons.names(school.name, [BORIS])).size).toBe(0)
      expect((await restored.disclosures(school.name, events))[0]!.disclosure).toBeNull()
      const tables = ['dek', 'quarantine']
        .map((table) => `select person from privacy.${table}`)
        .join(' union all ')
      expect(await query(database.kysely, `select 1 from (${tables}) k where person = '${BORIS}'`)).toEqual(
        [],
      )
    } finally {
      await target.close()
    }
  })

  it('R-D8 (the act, order 179): who, what, how, why, when and by whose word, with the extract of the register; once there is one', async () => {
    const at = `persons/${BORIS}/erasure-act`
    const html = await school.seen<string>('archivist', `${at}?format=html`)
    const cells = Array.from(html.matchAll(/<td[^>]*>(.*?)<\/td>/gs), ([, cell]) => cell!)
    const after = (what: string): string => cells[cells.indexOf(what) + 1]!
    // The name went with the key: the person is known by the code under which the record speaks of him.
    expect(after('Субъект персональных данных')).toBe(`обучающийся, код ${BORIS}`)
    expect(html).not.toContain(NAME.family)
    expect(after('Категории уничтоженных данных')).toMatch(/^фамилия, имя, отчество.*комментарии/)
    expect(after('Причина уничтожения')).toBe('срок хранения истёк; приказ № 179-а от 09.01.2053')
    expect(after('Дата уничтожения')).toMatch(/^09\.02\.2053 10:00:00/)
    expect(after('Кто уничтожил')).toMatch(/^запросил\(а\) .+, подтвердил\(а\) .+; исполнила служба$/)
    expect(html).toContain('Выгрузка из журнала регистрации событий')
    const events = (await school.log()).filter(({ type }) => type.startsWith('PersonKey'))
    expect(events).toHaveLength(3)
    for (const { id } of events) expect(cells).toContain(id)

    // The paper can be held against the record, and says no more than it did.
    const [snapshot] = /erasure-act\.1\.[^\s<]+/.exec(html)!
    expect(await school.seen('auditor', `prints/${snapshot}`)).toMatchObject({
      same: true,
      template: 'erasure-act/1',
    })
    expectProblem(await school.ask('mathematician', `prints/${snapshot}`), 'role-not-permitted')
    expectProblem(await school.ask('deputy', at), 'role-not-permitted')
    expectProblem(await school.ask('archivist', `${at}?on=2053-02-08`), 'erasure-unknown')
    expect(await school.ask('archivist', `${at}?on=2053-02-09`)).toMatchObject({ status: 200 })
    expectProblem(await school.ask('archivist', `persons/${VERA}/erasure-act`), 'erasure-unknown')
  })

  it('R-D8: can be taken back in its thirty days, and then everything opens again', async () => {
    const other = schools.next()
    await remarked(other)
    await asked(other)
    other.at('2053-02-01T03:00:00.000Z')
    await other.done('head', cancelKeyDestruction, { person: BORIS })
    await erasure.look()
    expect(await texts(other)).toMatchObject([{ text: TEXT }])
    expect(await nameOf(other)).toEqual(NAME)
    other.at('2053-03-01T03:00:00.000Z')
    await erasure.look()
    expect(await texts(other)).toMatchObject([{ text: TEXT }])
    // What was taken back has no act.
    expectProblem(await other.ask('archivist', `persons/${BORIS}/erasure-act`), 'erasure-unknown')
  })
})
