import type { Kysely } from 'kysely'
import type { Execution } from '#commands/execute.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { referenceStream } from '#commands/references.ts'
import { classesOf, rosterFold } from '#commands/roster/state.ts'
import { teachingLoadFold } from '#commands/teaching-load/state.ts'
import { lostSince } from '#integrity/archive/lost-since.ts'
import { closedYears, newestOf, pageRevisions } from '#projections/archive-register/queries.ts'
import { type ArchiveScope, scopeKey } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'

const NAMESPACE = Uuid.parse('6f2c1f0e-4a35-5e3c-9a55-2a1f0c7d9e61')

/** What the archive should hold, and the id of the job that brings it there: of one state of the pages there is one job. */
export interface DueScope {
  readonly school: SchoolSlug
  readonly scope: ArchiveScope
  readonly id: Uuid
}

/**
 * The classes that have finished their year, with what of them is not in the archive as it stands: every journal with
 * marks has its page of the year closed. A page that was opened again and closed anew makes the class due once more, and so
 * does a breach by which something in its package has lost its effect.
 */
export async function finishedYears(
  database: Kysely<unknown>,
  { streams, store }: Pick<Execution, 'streams' | 'store'>,
): Promise<DueScope[]> {
  const due: DueScope[] = []
  for (const { school, year, journals: closed } of await closedYears(database)) {
    const load = await streams.load(teachingLoadFold, referenceStream(school, 'teachingLoad', year))
    await streams.load(incidentFold, referenceStream(school, 'incident', null))
    const roster = await streams.load(rosterFold, referenceStream(school, 'roster', null))
    const ofYear = await pageRevisions(database, school, year)
    for (const [id, of] of roster.state.classes) {
      if (of.year !== year) continue
      const own = [...load.state.journals].filter(([, { learners }]) =>
        classesOf(roster.state, learners).includes(id),
      )
      const marked = own.filter(([, { type, grading }]) => type === 'lesson' && grading !== 'none')
      const isOver = marked.length > 0 && marked.every(([journal]) => closed.includes(journal))
      if (!isOver) continue
      const journals = new Set<string>(own.map(([journal]) => journal))
      const pages = ofYear.filter(({ journal }) => journals.has(journal))
      for (const kind of ['class-year', 'summary'] as const) {
        const scope: ArchiveScope = { kind, class: id, year }
        const newest = await newestOf(database, school, scopeKey(scope))
        const lost = newest === undefined ? [] : await lostSince(store, school, newest, streams.withoutEffect)
        const isWhole = pages.every(({ stream, revision }) => (newest?.revisions[stream] ?? -1) >= revision)
        if (isWhole && lost.length === 0) continue
        const state = [
          ...pages.map(({ stream, revision }) => `${stream} ${revision}`),
          ...lost.map(({ event }) => `lost ${event}`),
        ]
          .toSorted()
          .join('\n')
        due.push({ school, scope, id: uuidV5(NAMESPACE, `${scopeKey(scope)}\n${state}`) })
      }
    }
  }
  return due
}
