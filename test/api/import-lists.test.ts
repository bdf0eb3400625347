import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idOf } from '#exchange/ids.ts'
import { streamName } from '#events/stream-name.ts'
import { type Answer, type Api, type Client, expectProblem, openApi } from '#support/api.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  ENGLISH,
  ENGLISH_TEACHER,
  GROUP_ENGLISH,
  id,
  MATHEMATICIAN,
  YEAR,
} from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

interface Report {
  readonly counts: Readonly<Record<string, number>>
  readonly rows: ReadonlyArray<{ line: number; outcome: string }>
  readonly errors: ReadonlyArray<{ line: number; column: number | null; problem: string }>
}

const engine = testEngine('pglite')
const algebra = id('subject/algebra')
let api: Api
let deputy: Client
let administrator: Client
beforeAll(async () => {
  api = await openApi(engine, { people: ['deputy', 'administrator'] })
  deputy = await api.as('deputy')
  administrator = await api.as('administrator')
})
afterAll(() => api.close())

const bellOf = (grades: string, classes: string, groups: string) =>
  `${YEAR};second;2026-11-16;${grades};${classes};${groups};1;15:00;15:40`
const groupLesson = (of: string, weekday = 6) => `${YEAR};${of};2026-11-16;${weekday};1;${ENGLISH};`

const bring = async (
  what: string,
  lines: readonly string[],
  client: Client = deputy,
): Promise<Answer<unknown>> =>
  client.post(`imports/${what}`, lines.join('\n'), { 'content-type': 'text/csv' })

/** The report of a list that came in, or was refused. */
async function report(what: string, lines: readonly string[], client: Client = deputy): Promise<Report> {
  const { body } = await bring(what, lines, client)
  const { report } = ('facts' in (body as object) ? (body as { facts: object }).facts : body) as {
    report: Report
  }
  return report
}

const outcomes = ({ rows }: Report): string[] => rows.map(({ outcome }) => outcome)
const problems = ({ errors }: Report) => errors.map(({ line, column, problem }) => [line, column, problem])

const representative = (pupil: string, until = '') => `м-1,${pupil},Ветрова,Инна,,мать,2026-09-01,${until}`
const assignment = (until: string) => [
  'year;journal;staff;from;until',
  `${YEAR};ж-1;${ENGLISH_TEACHER};2026-09-01;${until}`,
]
const bell = (number: number, from: string, until: string) =>
  `${YEAR};second;2026-11-30;8|7;${number};${from};${until}`
const lesson = (number: number, journal: string) => `${YEAR};${CLASS_7A};2026-11-30;2;${number};${journal};12`
const account = (external: string, login: string, role: string, person: string = MATHEMATICIAN) =>
  `${external};сотрудник;${person};${login};${role};2026-09-01;`

describe('the list of', () => {
  it('representatives takes one person for two pupils, and ends a representation that the file ends', async () => {
    const header = 'externalId,pupil,family,given,patronymic,kinship,from,until'
    expect(
      outcomes(await report('representatives', [header, representative(ANNA), representative(BORIS)])),
    ).toEqual(['created', 'created'])
    const ended = [header, representative(ANNA, '2026-11-01'), representative(BORIS)]
    expect(outcomes(await report('representatives', ended))).toEqual(['changed', 'there'])
    expect(outcomes(await report('representatives', ended))).toEqual(['there', 'there'])
    const stream = streamName(SCHOOL, 'family', ANNA)
    expect((await api.events(stream)).slice(-2).map(({ type }) => type)).toEqual([
      'RepresentativeRegistered',
      'RepresentationEnded',
    ])
    const wrong = [
      header,
      `м-2,${id('pupil/nobody')},Ветров,Лев,,дядя,2026-09-01,`,
      `м-3,${id('pupil/nobody')},Ветров,Лев,,отец,2026-09-01,`,
    ]
    expect(problems(await report('representatives', wrong))).toEqual([
      [2, 6, 'cell-invalid'],
      [3, 2, 'pupil-unknown'],
    ])
  })

  it('groups and their members rests on classes and their members', async () => {
    const header = 'externalId;year;name;kind;classes'
    const good = `г-1;${YEAR};Хор;кружок;${CLASS_7A}`
    expect(outcomes(await report('groups', [header, good]))).toEqual(['created'])
    const wrong = [
      header,
      `г-1;${YEAR};Хор;проектная;${CLASS_7A}`,
      `г-2;${YEAR};Театр;кружок;${CLASS_7A}|к-0`,
    ]
    expect(problems(await report('groups', wrong))).toEqual([
      [2, 4, 'row-differs'],
      [3, 5, 'class-unknown'],
    ])
    const members = [
      'group;pupil;from',
      `г-1;${ANNA};2026-11-10`,
      `г-1;${id('pupil/dina')};2026-11-10`,
      `г-0;${ANNA};2026-11-10`,
    ]
    expect(problems(await report('group-members', members))).toEqual([
      [3, 2, 'pupil-not-in-class'],
      [4, 1, 'group-unknown'],
    ])
    expect(outcomes(await report('group-members?partial', members))).toEqual([
      'created',
      'refused',
      'refused',
    ])
  })

  it('journals and who teaches them says what is unknown, and releases a teacher whose term ends', async () => {
    const header = 'externalId;year;subject;class;group;type;grading;name'
    const rest = 'урок;пятибалльная'
    const lines = [
      header,
      `ж-1;${YEAR};${algebra};;${GROUP_ENGLISH};проект;безотметочная;Алгебра, группа`,
      `ж-2;${YEAR};${algebra};;;${rest};Ничья`,
      `ж-3;${YEAR};${algebra};${CLASS_7A};${GROUP_ENGLISH};${rest};Двое`,
      `ж-4;${YEAR};п-0;${CLASS_7A};;${rest};Чужая`,
      `ж-5;${YEAR};${algebra};${CLASS_7A};;${rest};Вторая алгебра`,
    ]
    expect(problems(await report('journals', lines))).toEqual([
      [3, 4, 'learners-ambiguous'],
      [4, 5, 'learners-ambiguous'],
      [5, 3, 'subject-unknown'],
      [6, 1, 'journal-exists'],
    ])
    expect(outcomes(await report('journals', lines.slice(0, 2)))).toEqual(['created'])
    expect(outcomes(await report('assignments', assignment('')))).toEqual(['created'])
    expect(outcomes(await report('assignments', assignment('2026-12-01')))).toEqual(['changed'])
    expect(outcomes(await report('assignments', assignment('2026-12-01')))).toEqual(['there'])
    expect(problems(await report('assignments', assignment('2026-12-31')))).toEqual([[2, 5, 'row-differs']])
  })

  it('bells puts the rows of a schedule together, whole or not at all', async () => {
    const header = 'year;shift;effectiveFrom;grades;number;from;until'
    const good = [header, bell(2, '14:50', '15:30'), bell(1, '14:00', '14:40')]
    const broken = [header, bell(1, '14:00', '14:40'), bell(2, '25:00', '15:30')]
    const refused = await report('bells?partial', broken)
    expect([outcomes(refused), problems(refused)]).toEqual([['refused', 'refused'], [[3, 6, 'cell-invalid']]])
    expect(
      problems(await report('bells', [header, bell(1, '14:00', '14:40'), bell(2, '14:30', '15:10')])),
    ).toEqual([[2, 6, 'bells-overlap']])
    expect(outcomes(await report('bells', good))).toEqual(['created', 'created'])
    expect(outcomes(await report('bells', [header, good[2]!, good[1]!]))).toEqual(['there', 'there'])
    expect(outcomes(await report('bells', good.with(1, bell(2, '14:45', '15:25'))))).toEqual([
      'changed',
      'changed',
    ])
    const many = Array.from({ length: 15 }, (_, i) => bell(i % 15, '14:00', '14:40'))
    expect(problems(await report('bells', [header, ...many]))).toEqual([[2, null, 'rows-unfit']])
  })

  it('bells of classes and groups stand beside those of grades, and come out as they came in', async () => {
    const header = 'year;shift;effectiveFrom;grades;classes;groups;number;from;until'
    expect(problems(await report('bells', [header, bellOf('', '', '')]))).toEqual([
      [2, 4, 'learners-ambiguous'],
    ])
    expect(problems(await report('bells', [header, bellOf('7', CLASS_7A, '')]))).toEqual([
      [2, 5, 'learners-ambiguous'],
    ])
    expect(problems(await report('bells', [header, bellOf('', 'нет-такого', '')]))).toEqual([
      [2, 5, 'class-unknown'],
    ])
    const units = [header, bellOf('', CLASS_7A, ''), bellOf('', '', GROUP_ENGLISH), bellOf('8', '', '')]
    expect(outcomes(await report('bells', units))).toEqual(['created', 'created', 'created'])
    expect(outcomes(await report('bells', units))).toEqual(['there', 'there', 'there'])
    const { rows } = (await deputy.get('exports/bells?format=json')).body as {
      rows: Array<{ grades: number[] | null; classes: string[] | null; groups: string[] | null }>
    }
    const second = rows.filter((one) => (one as { from?: string }).from === '15:00')
    expect(second.map(({ grades, classes, groups }) => [grades, classes, groups])).toEqual(
      expect.arrayContaining([
        [null, [CLASS_7A], null],
        [null, null, [GROUP_ENGLISH]],
        [[8], null, null],
      ]),
    )
    expect(second).toHaveLength(3)
  })

  it('timetable brings weeks of groups that are planned apart, and gives them out', async () => {
    const header = 'year;class;group;effectiveFrom;weekday;number;journal;room'
    expect(problems(await report('timetable', [header, groupLesson(';')]))).toEqual([
      [2, 2, 'learners-ambiguous'],
    ])
    const week = [header, groupLesson(`;${GROUP_ENGLISH}`)]
    expect(outcomes(await report('timetable', week))).toEqual(['created'])
    expect(outcomes(await report('timetable', week))).toEqual(['there'])
    expect(outcomes(await report('timetable', [header, groupLesson(`;${GROUP_ENGLISH}`, 7)]))).toEqual([
      'changed',
    ])
    const { rows } = (await deputy.get('exports/timetable?format=json')).body as { rows: object[] }
    expect(rows).toContainEqual({
      year: YEAR,
      class: null,
      group: GROUP_ENGLISH,
      effectiveFrom: '2026-11-16',
      weekday: 7,
      number: 1,
      journal: ENGLISH,
      room: null,
    })
  })

  it('timetable is weeks of classes: one with a teacher in two places is refused, another one takes its place', async () => {
    const header = 'Учебный год;Код класса;Действует с;День недели;Номер урока;Код журнала;Кабинет'
    expect(problems(await report('timetable', [header, lesson(1, ALGEBRA), lesson(1, 'ж-1')]))).toEqual([
      [2, 5, 'slot-conflict'],
    ])
    const week = [header, lesson(1, ALGEBRA), lesson(2, ALGEBRA)]
    expect(outcomes(await report('timetable', week))).toEqual(['created', 'created'])
    expect(outcomes(await report('timetable', week))).toEqual(['there', 'there'])
    expect(outcomes(await report('timetable', week.with(2, lesson(3, ALGEBRA))))).toEqual([
      'changed',
      'changed',
    ])
  })

  it('accounts brings no password, gives a log-in once, and is the administrator alone to bring', async () => {
    const header = 'externalId;personKind;person;login;role;from;until'
    const lines = [
      header,
      account('у-1', 'petrov', 'учитель'),
      account('у-1', 'petrov', 'заместитель директора'),
    ]
    expectProblem(await bring('accounts', lines), 'role-not-permitted')
    expect(outcomes(await report('accounts', lines, administrator))).toEqual(['created', 'created'])
    expect(outcomes(await report('accounts', lines, administrator))).toEqual(['there', 'there'])
    const more = [...lines, account('у-1', 'petrov', 'архивариус')]
    expect(outcomes(await report('accounts', more, administrator))).toEqual(['changed', 'changed', 'changed'])
    const wrong = [
      header,
      account('у-2', 'Petrov', 'учитель', ENGLISH_TEACHER),
      account('у-3', 'sidorov', 'учитель', ENGLISH_TEACHER),
      account('у-4', 'SIDOROV', 'учитель', ENGLISH_TEACHER),
      account('у-5', 'nobody', 'учитель', 'с-0'),
      account('у-6', 'half', 'учитель'),
      account('у-6', 'other', 'архивариус'),
      account('у-1', 'ivanov', 'учитель'),
      account('у-7', 'a b', 'учитель'),
    ]
    const refused = await report('accounts', wrong, administrator)
    expect(problems(refused)).toEqual([
      [2, 4, 'login-taken'],
      [4, 4, 'login-taken'],
      [5, 3, 'staff-unknown'],
      [6, 4, 'rows-unfit'],
      [8, 4, 'row-differs'],
      [9, 4, 'cell-invalid'],
    ])
    const opened = idOf(SCHOOL, 'account', 'у-1')
    const { credentials } = api.installation
    expect(await credentials.loginsOf(SCHOOL, [opened])).toEqual(new Map([[opened, 'petrov']]))
    expect(await credentials.holdersOf(SCHOOL, ['sidorov'])).toEqual(new Map())
    const log = (await api.events(streamName(SCHOOL, 'access', opened)))
      .map(({ canonical }) => canonical)
      .join()
    expect(log).not.toMatch(/petrov/i)
  })
})
