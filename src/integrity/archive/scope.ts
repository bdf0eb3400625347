import { decode, type Decoded } from '#events/registry.ts'
import type { EventStore, RecordedEvent } from '#events/store/event-store.ts'
import { streamName, type StreamName } from '#events/stream-name.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import type { ArchiveScope } from '#values/archive.ts'
import { pageId, PeriodId, type SchoolSlug, type SchoolYear } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type FoldState, foldRecord, isInSummary, type Journal, newFold } from './fold.ts'

/** A stream of the scope up to its last record now, and those of its records that go into the package. */
export interface ScopeStream {
  readonly stream: StreamName
  readonly revision: number
  readonly head: string
  /** That last record. */
  readonly last: Pick<RecordedEvent, 'id' | 'meta'>
  /** Some of its records only: those that the scope concerns. */
  readonly part: boolean
  readonly records: readonly RecordedEvent[]
}

export interface Gathered {
  readonly year: SchoolYear
  readonly streams: readonly ScopeStream[]
  /** Everything that was read, folded: of an extract, which shows no records of others, the form is made from it. */
  readonly state: FoldState
  /** The pages that are not closed, or are open again: a package of a journal is of what is over. */
  readonly open: readonly Uuid[]
}

/** Of a summary sheet, the records of pages that it is made of; the lessons and marks are kept for five years only. */
const OF_SUMMARY: ReadonlySet<string> = new Set([
  'PageOpened',
  'PageGradingChanged',
  'FinalMarkRecorded',
  'FinalMarkCorrected',
  'FinalMarkWithdrawn',
  'FinalPostponed',
  'PageClosed',
  'PageReopened',
])

/** The streams of a school and of a year that every form is read by. None of them says anything of a person by name. */
const OF_SCHOOL = ['school', 'policy', 'curriculum', 'roster'] as const
const OF_YEAR = ['schoolYear', 'teachingLoad'] as const

/**
 * Reads what a package of this scope is made of; null where there is nothing of the kind.
 *
 * @param now an instant: a page that is open again at it is not closed
 * @param isVoid says of an operation that it has no effect: it stands in the package, and nothing follows from it
 */
export async function gather(
  store: Pick<EventStore, 'readStream'>,
  school: SchoolSlug,
  scope: ArchiveScope,
  now: string,
  isVoid: (event: Uuid) => boolean,
): Promise<Gathered | null> {
  const place = await placeOf(store, school, scope)
  if (place === null) return null
  const names = [
    ...OF_SCHOOL.map((category) => streamName(school, category, 'main')),
    ...OF_YEAR.map((category) => streamName(school, category, place.year)),
  ]
  const references = await Promise.all(names.map((name) => readAll(store, name)))
  const state = newFold()
  for (const { decoded } of references.flat()) {
    if (decoded !== null && !isVoid(decoded.id)) foldRecord(state, decoded)
  }

  const journals = journalsOf(state, scope, place)
  const concerned = concernedBy(state, scope, place.year, journals)
  const streams = references.flatMap((events, i) =>
    ofStream(names[i]!, events, ({ decoded }) => decoded !== null && concerned(decoded), true),
  )
  const open: Uuid[] = []
  for (const page of place.page === null ? pagesOf(state, scope, journals) : [place.page]) {
    const name = streamName(school, 'journalPage', page)
    const events = await readAll(store, name)
    if (events.length === 0) continue
    for (const { decoded } of events) {
      if (decoded !== null && !isVoid(decoded.id)) foldRecord(state, decoded)
    }
    const folded = state.pages.get(page)
    const closed = folded !== undefined && folded.closedAt !== null && (folded.reopenedUntil ?? '') <= now
    if (!closed && scope.kind !== 'pupil') open.push(page)
    const shown = scope.kind === 'summary' ? assessmentsShown(state, events) : new Set<unknown>()
    const kept = ({ recorded, decoded }: Read): boolean =>
      scope.kind !== 'pupil' &&
      (scope.kind !== 'summary' || OF_SUMMARY.has(recorded.type) || isOfAssessment(shown, decoded))
    streams.push(...ofStream(name, events, kept, scope.kind === 'pupil' || scope.kind === 'summary'))
  }
  if (state.pages.size === 0) return null
  return { year: place.year, streams, state, open }
}

interface Read {
  readonly recorded: RecordedEvent
  readonly decoded: Decoded | null
}

async function readAll(store: Pick<EventStore, 'readStream'>, stream: StreamName): Promise<Read[]> {
  const read: Read[] = []
  for await (const recorded of store.readStream(stream)) read.push({ recorded, decoded: decode(recorded) })
  return read
}

function ofStream(
  stream: StreamName,
  events: readonly Read[],
  kept: (event: Read) => boolean,
  part: boolean,
): ScopeStream[] {
  const last = events.at(-1)?.recorded
  if (last === undefined) return []
  return [
    {
      stream,
      revision: Number(last.revision),
      head: leafHash(last.canonical),
      last,
      part,
      records: events.filter(kept).map(({ recorded }) => recorded),
    },
  ]
}

/** The assessments of a page that the summary sheet shows; void ones too, which it lists as such. */
function assessmentsShown(state: FoldState, events: readonly Read[]): Set<unknown> {
  return new Set(
    events.flatMap(({ decoded }) =>
      decoded?.type === 'AssessmentHeld' && isInSummary(state, decoded.data) ? [decoded.data.assessment] : [],
    ),
  )
}

/** Whether a record makes one of these assessments, its column or a mark of it. */
function isOfAssessment(shown: ReadonlySet<unknown>, event: Decoded | null): boolean {
  switch (event?.type) {
    case 'AssessmentHeld':
      return shown.has(event.data.assessment)
    case 'WorkHeld':
    case 'MarkRecorded':
    case 'MarkCorrected':
    case 'MarkWithdrawn':
      return shown.has(event.data.lesson)
    default:
      return false
  }
}

interface Place {
  readonly year: SchoolYear
  readonly page: Uuid | null
  readonly journal: Uuid | null
}

async function placeOf(
  store: Pick<EventStore, 'readStream'>,
  school: SchoolSlug,
  scope: ArchiveScope,
): Promise<Place | null> {
  if (scope.kind !== 'page') return { year: scope.year, page: null, journal: null }
  for await (const first of store.readStream(streamName(school, 'journalPage', scope.page), { limit: 1 })) {
    const opened = decode(first)
    if (opened?.type !== 'PageOpened') return null
    return { year: opened.data.year, page: scope.page, journal: opened.data.journal }
  }
  return null
}

/** The journals of the scope: those of its class and of its groups, or of the groups of a pupil. */
function journalsOf(state: FoldState, scope: ArchiveScope, { journal }: Place): Journal[] {
  const isOf = ({ learners }: Journal): boolean => {
    const unit = state.units.get(learners.kind === 'class' ? learners.class : learners.group)
    if (unit === undefined) return false
    if (scope.kind === 'pupil') return unit.members.some(({ pupil }) => pupil === scope.pupil)
    return scope.kind !== 'page' && unit.classes.includes(scope.class)
  }
  return [...state.journals.values()].filter((one) =>
    journal === null ? isOf(one) : one.journal === journal,
  )
}

function pagesOf(state: FoldState, scope: ArchiveScope, journals: readonly Journal[]): Uuid[] {
  const periods = new Set<string>(
    scope.kind === 'class-period' ? [scope.period] : [...state.periods.map(({ period }) => period), 'year'],
  )
  return journals.flatMap(({ journal }) =>
    [...periods].map((period) => pageId(journal, PeriodId.parse(period))),
  )
}

/** Whether a record of a stream of the school concerns the scope: nobody else's goes along. */
function concernedBy(
  state: FoldState,
  scope: ArchiveScope,
  year: SchoolYear,
  journals: readonly Journal[],
): (event: Decoded) => boolean {
  const ids = new Set(journals.map(({ journal }) => journal))
  const subjects = new Set(journals.map(({ subject }) => subject))
  const groups = new Set(
    journals.flatMap(({ learners }) => (learners.kind === 'group' ? [learners.group] : [])),
  )
  const classes = new Set(
    journals.flatMap(({ learners }) => (learners.kind === 'class' ? [learners.class] : [])),
  )
  if ('class' in scope) classes.add(scope.class)
  const named = new Set([
    ...classes,
    ...[...groups].flatMap((group) => state.units.get(group)?.classes ?? []),
  ])
  const isPupil = (pupil: Uuid): boolean => scope.kind !== 'pupil' || pupil === scope.pupil
  const besides = besidesOf(state, scope, year, { subjects, units: [...classes, ...groups] })
  return (event) => {
    switch (event.type) {
      case 'SchoolRegistered':
      case 'SchoolYearOpened':
      case 'PeriodsPlanned':
      case 'PeriodMoved':
      case 'PolicyAdopted':
        return true
      case 'SubjectAdded':
        return subjects.has(event.data.subject)
      case 'ClassFormed':
        return named.has(event.data.class)
      case 'ClassTeacherAppointed':
        return classes.has(event.data.class)
      case 'PupilPlacedInClass':
      case 'PupilRemovedFromClass':
      case 'PromotionDecided':
        return classes.has(event.data.class) && isPupil(event.data.pupil)
      case 'FormOfEducationSet':
      case 'FinalCredited':
      case 'AttestationRecorded':
      case 'AttestationCorrected':
        return besides(event)
      case 'GroupFormed':
        return groups.has(event.data.group)
      case 'PupilJoinedGroup':
      case 'PupilLeftGroup':
        return groups.has(event.data.group) && isPupil(event.data.pupil)
      case 'JournalOpened':
      case 'TeacherAssigned':
      case 'TeacherReleased':
        return ids.has(event.data.journal)
      default:
        return false
    }
  }
}

type Besides = Extract<
  Decoded,
  {
    readonly type: 'FormOfEducationSet' | 'FinalCredited' | 'AttestationRecorded' | 'AttestationCorrected'
  }
>

/**
 * Whether what stands beside the finals concerns the scope: of the pupils of the class, or of the page; of the subject of
 * the page alone; of its year. Of the others of a group that several classes share, nothing goes along.
 */
function besidesOf(
  state: FoldState,
  scope: ArchiveScope,
  year: SchoolYear,
  { subjects, units }: { readonly subjects: ReadonlySet<Uuid>; readonly units: readonly Uuid[] },
): (event: Besides) => boolean {
  const own = 'class' in scope ? [scope.class] : units
  const members = own.flatMap((unit) => state.units.get(unit)?.members ?? [])
  const pupils = new Set(scope.kind === 'pupil' ? [scope.pupil] : members.map(({ pupil }) => pupil))
  const isShown = (of: { readonly pupil: Uuid; readonly year: number; readonly subject: Uuid }): boolean =>
    pupils.has(of.pupil) && of.year === year && (scope.kind !== 'page' || subjects.has(of.subject))
  return ({ type, data }) => {
    switch (type) {
      case 'FormOfEducationSet':
        return pupils.has(data.pupil)
      case 'AttestationCorrected': {
        const corrected = state.beside.attestations.get(data.attestation)
        return corrected !== undefined && isShown(corrected)
      }
      default:
        return isShown(data)
    }
  }
}
