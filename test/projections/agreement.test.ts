import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decode } from '#events/registry.ts'
import { query } from '#events/store/sql.ts'
import { evolve, type Fold } from '#commands/fold.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { rosterFold } from '#commands/roster/state.ts'
import { teachingLoadFold } from '#commands/teaching-load/state.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { schemaOf } from '#projections/read-model.ts'
import { schoolDirectory } from '#projections/school-directory/projection.ts'
import { summarySheet } from '#projections/summary-sheet/projection.ts'
import type { History } from '#support/chronicle.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { histories } from '#support/random-history.ts'
import { Folding } from './rows-of.ts'
import { classJournal } from '#projections/class-journal/projection.ts'

const SUMMARY = schemaOf(summarySheet)
const JOURNAL = schemaOf(classJournal)

const DIRECTORY = schemaOf(schoolDirectory)

/** Histories, and histories without events that were void, wherever those stood. */
const whatCounts = histories().chain((history) =>
  fc.oneof(
    fc.constant(history),
    fc
      .subarray([...history.keys()], { maxLength: 12 })
      .map((lost) => history.filter((_, index) => !lost.includes(index))),
  ),
)

describe('the read models and the rules', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    let folding: Folding
    beforeAll(async () => {
      database = await engine.open()
      folding = await Folding.open(database.kysely, 'of')
    })

    it('agree on what stands on each page, also where events are void', async () => {
      const property = fc.asyncProperty(whatCounts, async (history) => {
        await folding.fold([history])
        const shown = {
          lessons: await shows(
            `select stream, lesson, topic, material, type, version, attendance->'version' as attendance,
               homework->'content' as homework, homework->'version' as set from of_${JOURNAL}.lesson`,
          ),
          marks: await shows(
            `select c.stream, c.lesson, c.pupil, m->>'entry' as entry, m->>'work' as work, m->'value' as value,
               m->'version' as version from of_${JOURNAL}.cell c, jsonb_array_elements(c.marks) m`,
          ),
          // An absence stands on the attendance of its lesson: with that void, it stands no longer.
          absences: await shows(
            `select c.stream, c.lesson, c.pupil, absence->>'code' as code, absence->'version' as version
             from of_${JOURNAL}.cell c join of_${JOURNAL}.lesson l on (l.stream, l.lesson) = (c.stream, c.lesson)
             where (absence->'version')::int >= (l.attendance->'version')::int`,
          ),
          finals: await shows(`select stream, pupil, kind, value, version from of_${SUMMARY}.final`),
          postponements: await shows(`select stream, pupil, until from of_${SUMMARY}.postponement`),
        }
        const known = {
          lessons: [] as object[],
          marks: [] as object[],
          absences: [] as object[],
          finals: [] as object[],
          postponements: [] as object[],
        }
        for (const [stream, { lessons, marks, finals, postponements }] of folded(journalPageFold, history)) {
          for (const [lesson, { topic, material, type, version, attendance, homework }] of lessons) {
            known.lessons.push({
              stream,
              lesson,
              topic,
              material,
              type,
              version,
              attendance: attendance?.version ?? null,
              homework: homework?.content ?? null,
              set: homework?.version ?? null,
            })
            for (const [pupil, { code, version }] of attendance?.codes ?? []) {
              known.absences.push({ stream, lesson, pupil, code, version })
            }
          }
          for (const [entry, { lesson, pupil, work, value, version }] of marks) {
            known.marks.push({ stream, lesson, pupil, entry, work, value, version })
          }
          for (const { pupil, kind, value, version } of finals.values()) {
            known.finals.push({ stream, pupil, kind, value, version })
          }
          for (const [pupil, until] of postponements) known.postponements.push({ stream, pupil, until })
        }
        expect(sorted(shown.lessons)).toEqual(sorted(known.lessons))
        expect(sorted(shown.marks)).toEqual(sorted(known.marks))
        expect(sorted(shown.absences)).toEqual(sorted(known.absences))
        expect(sorted(shown.finals)).toEqual(sorted(known.finals))
        expect(sorted(shown.postponements)).toEqual(sorted(known.postponements))
      })
      await fc.assert(property, { numRuns: 30 })
    })

    it('agree on who learns where and who teaches what, also where events are void', async () => {
      const property = fc.asyncProperty(whatCounts, async (history) => {
        await folding.fold([history])
        const shown = {
          members: await shows(
            `select unit, pupil, s->>'from' as from, s->>'until' as until
             from of_${DIRECTORY}.member join of_${DIRECTORY}.unit using (stream, unit), jsonb_array_elements(spans) s`,
          ),
          teachers: await shows(
            `select journal, t->>'staff' as staff, t->>'from' as from, t->>'until' as until
             from of_${DIRECTORY}.journal, jsonb_array_elements(teachers) t`,
          ),
        }
        const known = { members: [] as object[], teachers: [] as object[] }
        for (const [, { classes, groups }] of folded(rosterFold, history)) {
          for (const [unit, { members }] of [...classes, ...groups]) {
            for (const member of members) known.members.push({ unit, ...member })
          }
        }
        for (const [, { journals }] of folded(teachingLoadFold, history)) {
          for (const [journal, { assignments }] of journals) {
            for (const assignment of assignments) known.teachers.push({ journal, ...assignment })
          }
        }
        expect(sorted(shown.members)).toEqual(sorted(known.members))
        expect(sorted(shown.teachers)).toEqual(sorted(known.teachers))
      })
      await fc.assert(property, { numRuns: 30 })
    })

    const shows = (text: string) => query<object>(database.kysely, text)
  })
})

/** What the rules know of each stream of a category. */
function folded<State>(fold: Fold<State>, history: History): Map<string, State> {
  const states = new Map<string, State>()
  for (const event of history) {
    if (!event.stream.includes(`.${fold.category}-`)) continue
    const state = states.get(event.stream) ?? fold.initial()
    states.set(event.stream, state)
    evolve(fold, state, decode(event)!)
  }
  return states
}

function sorted(rows: readonly object[]): string[] {
  return rows.map(canonicalJson).toSorted()
}
