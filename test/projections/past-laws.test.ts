import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Pasts } from '#api/past.ts'
import { accessFold, rolesAt } from '#commands/access/state.ts'
import { evolve, type Fold } from '#commands/fold.ts'
import { referenceStream } from '#commands/references.ts'
import { isMember, membershipsOf, rosterFold } from '#commands/roster/state.ts'
import { teachersOf, teachingLoadFold } from '#commands/teaching-load/state.ts'
import { decode } from '#events/registry.ts'
import { parseStreamName, type StreamName } from '#events/stream-name.ts'
import { openInMemory } from '#main/database.ts'
import { catchUp } from '#main/installation.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { holders, holds, journals, members } from '#projections/school-directory/queries.ts'
import { ROLES } from '#values/role.ts'
import { addDays, dateAt, type Instant, instantAt, LocalDate } from '#values/time.ts'
import { breached, withoutVoid } from '#support/breached.ts'
import type { History } from '#support/chronicle.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  DINA,
  GLEB,
  GROUP_ENGLISH,
  VERA,
  YEAR,
  ZONE,
} from '#support/class-7a.ts'
import { installed } from '#support/copies.ts'
import { testEngine } from '#support/databases.ts'
import { record } from '#support/random-history.ts'
import { SCHOOL } from '#support/spec.ts'
import { Folding, type Rows, rowsOf } from './rows-of.ts'

const KEEP = new Set(READ_MODELS.filter(({ keepsVoid }) => keepsVoid).map(({ name }) => name))

/** What was recorded until an instant, that instant included. */
const until = (history: History, instant: Instant): History =>
  history.filter(({ meta }) => (meta['at'] as Instant) <= instant)

function folded<State>(history: History, fold: Fold<State>, stream: StreamName): State {
  const state = fold.initial()
  for (const event of history) if (event.stream === stream) evolve(fold, state, decode(event)!)
  return state
}

const UNITS = [
  [CLASS_7A, { kind: 'class', class: CLASS_7A }],
  [CLASS_7B, { kind: 'class', class: CLASS_7B }],
  [GROUP_ENGLISH, { kind: 'group', group: GROUP_ENGLISH }],
] as const
const PUPILS = [ANNA, BORIS, VERA, GLEB, DINA]
const FIRST = LocalDate.parse('2026-08-25')

const engine = testEngine('pglite')
let anew: Folding
beforeAll(async () => {
  anew = await Folding.open((await engine.openBare()).kysely, 'anew')
})

/** The rows that the projections had at an instant, made from the log of that time alone. */
async function rowsThen(history: History): Promise<Rows> {
  const all = await anew.fold([history])
  const effective = await anew.fold([withoutVoid(history)])
  return Object.fromEntries(
    Object.entries(effective).map(([table, rows]) => [
      table,
      KEEP.has(table.split('.')[0]!) ? all[table]! : rows,
    ]),
  )
}

/**
 * The second axis: lists, load and roles on days before, at and after the instant, held against the folds by which
 * commands were decided then, which know nothing of the tables.
 */
async function expectRostersAndRights(
  database: Parameters<typeof members>[0],
  then: History,
  at: Instant,
  seed: number,
): Promise<void> {
  const roster = folded(then, rosterFold, referenceStream(SCHOOL, 'roster', null))
  const load = folded(then, teachingLoadFold, referenceStream(SCHOOL, 'teachingLoad', YEAR))
  const accounts = [...new Set(then.map(({ stream }) => stream))].filter(
    (stream) => parseStreamName(stream)!.category === 'access',
  )
  const days = [0, 1, 2].map((n) => addDays(FIRST, (seed + n * 41) % 140))
  for (const on of [...days, dateAt(at, ZONE)]) {
    for (const [unit, learners] of UNITS) {
      // Of a class whose forming a breach made void nobody can ask.
      if (!roster.classes.has(unit) && !roster.groups.has(unit)) continue
      const listed = (await members(database, SCHOOL, unit)).filter(({ spans }) => holds(spans, on))
      const expected = PUPILS.filter((pupil) => isMember(membershipsOf(roster, learners), pupil, on))
      expect(new Set(listed.map(({ pupil }) => pupil)), `${unit} on ${on} as of ${at}`).toEqual(
        new Set(expected),
      )
    }
    for (const { journal, teachers } of await journals(database, SCHOOL, YEAR)) {
      const teaching = teachers.filter((one) => holds([one], on)).map(({ staff }) => staff)
      expect([...new Set(teaching)].toSorted(), `${journal} on ${on} as of ${at}`).toEqual(
        teachersOf(load, journal, on).toSorted(),
      )
    }
    const noon = instantAt(on, '12:00', ZONE)
    const held = (await holders(database, SCHOOL, ROLES)).flatMap(({ role, person, holdings }) =>
      holdings.some((one) => holds([one], on) && (one.ends_at === null || noon < one.ends_at))
        ? [`${person} ${role}`]
        : [],
    )
    const granted = accounts.flatMap((stream) => {
      const access = folded(then, accessFold, stream)
      const roles = access.person === null ? [] : rolesAt(access, noon, ZONE)
      return roles.map((role) => `${access.person} ${role}`)
    })
    expect(held.toSorted(), `roles on ${on} as of ${at}`).toEqual(granted.toSorted())
  }
}

describe('R-D1: a past', () => {
  it('is every row of every projection that there was then, on the axis of record time, whatever a breach undid later', async () => {
    const property = fc.asyncProperty(
      breached(),
      fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
      async (history, places) => {
        const installation = await installed(await engine.open())
        // One for each installation, as in the service: pasts are kept by school and instant, and all histories begin alike.
        const pasts = new Pasts(openInMemory)
        await record(installation.execution.store, history)
        await catchUp(installation)
        const times = [...new Set(history.map(({ meta }) => meta['at'] as Instant))].toSorted()
        const pages = [
          ...new Set(history.flatMap(({ stream }) => (/\.journalPage-/.test(stream) ? [stream] : []))),
        ]
        const { execution, database, persons } = installation
        const parts = {
          execution,
          persons,
          database: database.kysely,
          unhurried: database.unhurried,
          withinSchool: database.withinSchool,
        }
        for (const place of places) {
          const at = times[place % times.length]!
          const expected = await rowsThen(until(history, at))
          await pasts.at(parts, { school: SCHOOL, until: at, pages }, async (past) => {
            for (const model of READ_MODELS) {
              expect(expected, `${model.name} as of ${at}`).toMatchObject(await rowsOf(past.database, model))
            }
            await expectRostersAndRights(past.database, withoutVoid(until(history, at)), at, place)
          })
        }
        await pasts.close()
        await installation.close()
      },
    )
    await fc.assert(property, { numRuns: 4, endOnFailure: true })
  }, 180_000)
})
