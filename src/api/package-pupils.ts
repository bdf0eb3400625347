import { journalPageFold } from '#commands/journal-page/state.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { membershipsOf, type RosterState } from '#commands/roster/state.ts'
import { streamName } from '#events/stream-name.ts'
import type { ArchiveScope } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { ApiParts } from './parts.ts'

/** The pupils of whom a package may speak: everybody who was ever in the class, or among those of the page. */
export async function pupilsOfScope(
  parts: Pick<ApiParts, 'execution'>,
  school: SchoolSlug,
  { scope }: { readonly scope: ArchiveScope },
): Promise<Uuid[]> {
  if (scope.kind === 'pupil') return [scope.pupil]
  const { streams } = parts.execution
  const roster = await streams.load(REFERENCES.roster.fold, referenceStream(school, 'roster', null))
  const members =
    scope.kind === 'page'
      ? await membersOfPage(parts, school, roster.state, scope.page)
      : membershipsOf(roster.state, { kind: 'class', class: scope.class })
  return [...new Set(members.map(({ pupil }) => pupil))]
}

async function membersOfPage(
  { execution: { streams } }: Pick<ApiParts, 'execution'>,
  school: SchoolSlug,
  roster: Readonly<RosterState>,
  page: Uuid,
) {
  const { state } = await streams.load(journalPageFold, streamName(school, 'journalPage', page))
  if (state.page === null) return []
  const { journal, year } = state.page
  const load = await streams.load(REFERENCES.teachingLoad.fold, referenceStream(school, 'teachingLoad', year))
  const learners = load.state.journals.get(journal)?.learners
  return learners === undefined ? [] : membershipsOf(roster, learners)
}
