import { describe, expect, it } from 'vitest'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { declareCompromise } from '#commands/incident/declare-compromise.ts'
import { receiveBreachAsHead } from '#commands/incident/receive-breach-as-head.ts'
import { receiveBreachAsSupport } from '#commands/incident/receive-breach-as-support.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { correctPersonName } from '#commands/roster/correct-person-name.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { issueServiceToken } from '#commands/service-token/issue-service-token.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { accountOf, type Client, expectProblem } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  DINA,
  GROUP_ENGLISH,
  id,
  MATHEMATICIAN,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'
import type { Uuid } from '#values/uuid.ts'

const schools = schoolsAtWork(6, ['head', 'deputy', 'administrator', 'english', 'auditor'])
const SETS = ['calendar', 'rosters', 'load'] as const
type Agreed = (typeof SETS)[number]

interface Change {
  readonly id: string
  readonly event: string
  readonly op: 'put' | 'delete'
  readonly entity: string
  readonly key: string
  readonly effective: string | null
  readonly data: Record<string, unknown> | null
}
interface Feed {
  readonly next: string
  readonly records: readonly Change[]
}

/** The regional system, as it would keep what it is told: by thing, and by the id of each change that it has taken. */
class Region {
  readonly #system: Client
  readonly state = new Map<string, unknown>()
  readonly #taken = new Set<string>()
  readonly #next = new Map<Agreed, string>()

  constructor(system: Client) {
    this.#system = system
  }

  async changes(set: Agreed, since?: string): Promise<Feed> {
    const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`
    const { status, body } = await this.#system.get<Feed>(`exchange/${set}/changes${query}`)
    expect(status).toBe(200)
    return body
  }

  take(records: readonly Change[]): number {
    const fresh = records.filter((one) => !this.#taken.has(one.id))
    for (const { id: change, op, entity, key, data } of fresh) {
      this.#taken.add(change)
      if (op === 'put') this.state.set(`${entity} ${key}`, data)
      else this.state.delete(`${entity} ${key}`)
    }
    return fresh.length
  }

  /** Goes on from where it was; the first time from the beginning. */
  async follow(): Promise<this> {
    for (const set of SETS) {
      const { next, records } = await this.changes(set, this.#next.get(set))
      this.take(records)
      this.#next.set(set, next)
    }
    return this
  }
}

let tokens = 0
async function connected(school: SchoolAtWork, sets: readonly Agreed[] = SETS): Promise<Region> {
  const token = id(`token of the region ${tokens++}`)
  const input = { token, system: 'АИС «Контингент»', sets, days: 30 }
  const issued = await school.give('administrator', issueServiceToken, input)
  const { told } = issued.body as unknown as { told: { serviceToken: string } }
  return new Region(school.api.withToken(told.serviceToken, school.name))
}

const order = { number: '118-у', date: '2026-11-09' }
const name = { family: 'Новикова', given: 'Жанна' }
const ZHANNA = id('pupil/zhanna')
const GEOMETRY = id('journal/7А/geometry')
const CHOIR = id('group/choir')

/** What happens in a school in some weeks, one thing after another. */
const LIFE: ReadonlyArray<(school: SchoolAtWork) => Promise<unknown>> = [
  (school) => school.done('deputy', enrolPupil, { pupil: ZHANNA, name, from: '2026-11-09', order }),
  (school) =>
    school.done('deputy', placeInClass, { class: CLASS_7A, pupils: [ZHANNA], from: '2026-11-09', order }),
  (school) =>
    school.done('deputy', correctPersonName, {
      person: ZHANNA,
      name: { ...name, family: 'Новицкая' },
      reason: 'mistyped',
    }),
  (school) =>
    school.done('deputy', transferPupil, {
      pupil: BORIS,
      class: CLASS_7A,
      to: CLASS_7B,
      from: '2026-11-10',
      order,
    }),
  (school) =>
    school.done('deputy', formGroup, {
      group: CHOIR,
      year: YEAR,
      name: 'Хор',
      kind: 'club',
      classes: [CLASS_7A, CLASS_7B],
    }),
  (school) => school.done('deputy', joinGroup, { group: CHOIR, pupils: [ANNA, DINA], from: '2026-11-09' }),
  (school) => school.done('deputy', addSubject, { subject: id('subject/geometry'), name: 'Геометрия' }),
  (school) =>
    school.done('deputy', openJournal, {
      year: YEAR,
      journal: GEOMETRY,
      subject: id('subject/geometry'),
      learners: { kind: 'class', class: CLASS_7A },
      type: 'lesson',
      grading: 'g5',
      name: 'Геометрия, 7А',
    }),
  (school) =>
    school.done('deputy', assignTeacher, {
      year: YEAR,
      journal: GEOMETRY,
      staff: STRANGER,
      from: '2026-11-09',
    }),
  (school) =>
    school.done('deputy', releaseTeacher, {
      year: YEAR,
      journal: ALGEBRA,
      staff: MATHEMATICIAN,
      from: '2026-11-16',
    }),
  (school) =>
    school.done('deputy', planHolidays, {
      year: YEAR,
      holidays: [{ name: 'Мороз', from: '2026-11-20', until: '2026-11-20', grades: null, units: [] }],
    }),
  (school) =>
    school.done('deputy', releasePupil, { pupil: DINA, from: '2026-11-12', reason: 'moved-away', order }),
]

const sorted = (of: ReadonlyMap<string, unknown>) => [...of].toSorted(([a], [b]) => (a < b ? -1 : 1))

describe('R-T2: the feed of changes for the regional system', () => {
  it('a full feed and incremental ones come to the same state', async () => {
    const school = schools.next()
    const follower = await (await connected(school)).follow()
    for (const happens of LIFE) {
      await happens(school)
      await follower.follow()
    }
    const newcomer = await (await connected(school)).follow()
    expect(newcomer.state.size).toBeGreaterThan(20)
    expect(sorted(follower.state)).toEqual(sorted(newcomer.state))
    expect(newcomer.state.get(`pupil ${ZHANNA}`)).toMatchObject({ name: { family: 'Новицкая' } })
    expect(newcomer.state.has(`membership ${CLASS_7A}/${BORIS}`)).toBe(false)
    expect(newcomer.state.has(`membership ${CLASS_7B}/${BORIS}`)).toBe(true)
    expect(newcomer.state.has(`pupil ${DINA}`)).toBe(false)
    expect(newcomer.state.has(`membership ${GROUP_ENGLISH}/${ANNA}`)).toBe(true)
    expect(newcomer.state.has(`assignment ${ALGEBRA}/${MATHEMATICIAN}`)).toBe(false)
    expect(newcomer.state.get(`year ${YEAR}`)).toMatchObject({ year: YEAR })
  })

  it('what ended is a record of its own, with the first day without it', async () => {
    const school = schools.next()
    const region = await connected(school)
    const { next } = await region.changes('rosters')
    expect((await region.changes('rosters', next)).records).toEqual([])
    await school.done('deputy', releasePupil, {
      pupil: DINA,
      from: '2026-11-12',
      reason: 'moved-away',
      order,
    })
    const { records } = await region.changes('rosters', next)
    expect(records.find(({ entity }) => entity === 'pupil')).toMatchObject({
      op: 'delete',
      key: DINA,
      effective: '2026-11-12',
      data: null,
    })
  })

  it('told again, it is told alike and changes nothing: at least once, known by its id', async () => {
    const school = schools.next()
    const region = await (await connected(school)).follow()
    const { next } = await region.changes('rosters')
    for (const happens of LIFE) await happens(school)
    const once = await region.changes('rosters', next)
    const twice = await region.changes('rosters', next)
    expect(twice.records).toEqual(once.records)
    expect(region.take(once.records)).toBe(once.records.length)
    const before = sorted(region.state)
    expect(region.take(twice.records.toReversed())).toBe(0)
    expect(sorted(region.state)).toEqual(before)
    // Each names the event of the log by which it came about.
    const log = new Set((await school.log()).map((event) => event.id as string))
    expect(once.records.every(({ event }) => log.has(event))).toBe(true)
  })

  it('may be asked for since an instant as well', async () => {
    const school = schools.next().at('2026-11-09T05:00:00.000Z')
    const region = await connected(school)
    school.at('2026-11-10T05:00:00.000Z')
    await LIFE[0]!(school)
    const { records } = await region.changes('rosters', '2026-11-10T05:00:00.000Z')
    expect(records.map(({ entity, key }) => [entity, key])).toEqual([['pupil', ZHANNA]])
    const later = await school.api.withToken('letopis_st_nobody', school.name).get('exchange/rosters/changes')
    expectProblem(later, 'token-invalid')
  })

  it('what a breach undid is taken back from whoever was told of it', async () => {
    const school = schools.next().at('2026-11-11T01:00:00.000Z')
    const follower = await (await connected(school)).follow()
    school.at('2026-11-11T02:00:00.000Z')
    const FALSE = id('class/7Ю')
    await school.done('deputy', formClass, { class: FALSE, year: YEAR, grade: 7, name: '7Ю' })
    await follower.follow()
    expect(follower.state.has(`class ${FALSE}`)).toBe(true)
    school.at('2026-11-11T02:02:00.000Z')
    const told = await school.done('head', reportBreach, {
      account: accountOf('deputy'),
      learnedAt: '2026-11-11T00:40:00.000Z',
    })
    const { incident } = told.events[0]!.data as { readonly incident: Uuid }
    await school.done('head', receiveBreachAsHead, { incident, receivedAt: '2026-11-11T01:05:00.000Z' })
    const receivedAt = '2026-11-11T01:30:00.000Z'
    await school.done('administrator', receiveBreachAsSupport, { incident, receivedAt })
    await school.done('head', declareCompromise, { incident })
    await follower.follow()
    expect(follower.state.has(`class ${FALSE}`)).toBe(false)
    const newcomer = await (await connected(school)).follow()
    expect(sorted(follower.state)).toEqual(sorted(newcomer.state))
  })

  it('is closed beyond the agreed sets, and to whoever has no matter with the exchange', async () => {
    const school = schools.next()
    const region = await connected(school, ['calendar'])
    expect((await region.changes('calendar')).records.length).toBe(1)
    await expect(region.changes('rosters')).rejects.toThrow()
    expectProblem(await school.ask('english', 'exchange/rosters/changes'), 'role-not-permitted')
    expect((await school.ask('auditor', 'exchange/rosters/changes')).status).toBe(200)
    expectProblem(
      await school.ask('administrator', 'exchange/load/changes?since=2036-01-01T00:00:00.000Z'),
      'malformed-request',
    )
  })
})
