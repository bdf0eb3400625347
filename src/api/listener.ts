import { accessFold, competenceAt, nextEnding, owesRules } from '#commands/access/state.ts'
import { decode } from '#events/registry.ts'
import { type Category, parseStreamName, type StreamName, streamName } from '#events/stream-name.ts'
import { childrenOf } from '#projections/school-directory/queries.ts'
import type { Audience } from '#relay/announced-events.ts'
import type { CloudEvent, Passing } from '#relay/announcement.ts'
import { maySee } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import { dateAt, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { actorIn, type Who } from './authentication.ts'
import { closedTo } from './entry.ts'
import { rolesHeld } from './held-roles.ts'
import type { ApiParts } from './parts.ts'
import {
  belongsTo,
  learnsIn,
  mayReadDiary,
  mayReadJournal,
  mayReadUnit,
  pupilsSeenIn,
  pupilsSeenOn,
  seesWholeSchool,
  yearOfUnit,
} from './views/rights.ts'
import type { Asked } from './views/view.ts'

/** Who may listen to the events of a school at all: whoever may see a diary. */
export const LISTENERS: readonly Role[] = maySee('10')

/** Streams whose events give rights or take them away. */
const RIGHTS: ReadonlySet<Category | null> = new Set([
  'access',
  'incident',
  'roster',
  'teachingLoad',
  'family',
  'policy',
] as const)

/** For how long what was found out about somebody's rights is believed at most, in milliseconds. */
const BELIEVED = 60_000

/** How many pages are remembered by the journal that they belong to. */
const MOST_PAGES = 20_000

interface JournalOfYear {
  readonly journal: Uuid
  readonly year: number
}

/** Which journal a page belongs to: its first event says so, for good. One for all listeners of a process. */
export class PageJournals {
  readonly #store: ApiParts['execution']['store']
  readonly #known = new Map<StreamName, JournalOfYear>()

  constructor({ execution }: ApiParts) {
    this.#store = execution.store
  }

  /** Null for a page that does not begin with its opening. */
  async of(page: StreamName): Promise<JournalOfYear | null> {
    const known = this.#known.get(page)
    if (known !== undefined) return known
    for await (const recorded of this.#store.readStream(page, { limit: 1 })) {
      const first = decode(recorded)
      if (first?.type !== 'PageOpened') return null
      const { journal, year } = first.data
      if (this.#known.size >= MOST_PAGES) this.#known.clear()
      this.#known.set(page, { journal, year })
      return { journal, year }
    }
    return null
  }
}

/**
 * One person who listens, and what that person may hear: the same as he may see in the views, by the same functions.
 * What they answer is kept until something passes that gives rights or takes them away, until midnight, and a minute
 * at most.
 */
export class Listener {
  readonly #parts: ApiParts
  readonly #pages: PageJournals
  readonly #who: Who
  /** The one role in which he wants to hear; null is any that he has. */
  readonly #named: Role | null
  #roles: readonly Role[] = []
  #children: readonly Uuid[] = []
  #today: LocalDate | null = null
  #lookedAt = 0
  /** When the next of his roles ends within a day. */
  #ends: Instant | null = null
  /** He, with what he answers for at the moment. */
  #person: Who
  readonly #answers = new Map<string, boolean>()
  /** By journal, whom a class teacher hears of in it; null is everybody. */
  readonly #seen = new Map<Uuid, ReadonlySet<Uuid> | null>()

  constructor(parts: ApiParts, pages: PageJournals, who: Who, named: Role | null) {
    this.#parts = parts
    this.#pages = pages
    this.#who = who
    this.#person = who
    this.#named = named
  }

  /** Whether he may go on: his token is good, and he still holds a role that may listen. */
  async mayListen(): Promise<boolean> {
    const now = this.#parts.execution.clock()
    if (this.#who.expires <= Math.floor(Date.parse(now) / 1000)) return false
    const today = dateAt(now, this.#parts.zone)
    const stale = performance.now() - this.#lookedAt > BELIEVED || (this.#ends !== null && this.#ends <= now)
    if (today !== this.#today || stale) await this.#look(today)
    return this.#roles.length > 0
  }

  /** The message of an event as he may hear it; null where it is not for him. */
  async hears({ announcement, category, stream }: Passing): Promise<CloudEvent | null> {
    // What passed may have changed his rights, also those of this very event.
    if (RIGHTS.has(category)) await this.#look(this.#today!)
    if (announcement === null) return null
    const { audience, message } = announcement
    let shared: CloudEvent | null = null
    for (const role of this.#roles) {
      if (seesWholeSchool(actorIn(this.#person, role))) return message
      if (role === 'teacher' || role === 'class-teacher' || role === 'deputy') {
        if (!(await this.#asStaff(role, audience, stream))) continue
        const seen = role === 'class-teacher' ? await this.#seenIn(audience, stream) : null
        if (seen === null) return message
        // Another of his roles may hear more of it.
        const of = 'pupil' in audience ? audience.pupil : null
        if (of === null || seen.has(of)) shared = announcement.cutTo(seen)
      }
    }
    if (shared !== null) return shared
    const pupils = await this.#ownAmong(audience, stream)
    return pupils.size === 0 ? null : announcement.cutTo(pupils)
  }

  async #look(today: LocalDate): Promise<void> {
    const { school, account, person } = this.#who
    const access = await this.#parts.execution.streams.load(accessFold, streamName(school, 'access', account))
    const { session, cred } = this.#who
    const closed = await closedTo(this.#parts, school, account, access.state)
    const open = closed === null && access.state.cred === cred && !owesRules(access.state)
    const goesOn = open && (await this.#parts.sessions.lives(session))
    const now = this.#parts.execution.clock()
    const held = goesOn ? await rolesHeld(this.#parts, school, access.state, now) : []
    this.#roles = held.filter(
      (role) => LISTENERS.includes(role) && (this.#named === null || role === this.#named),
    )
    this.#person = { ...this.#who, competence: competenceAt(access.state, now, this.#parts.zone) }
    this.#ends = nextEnding(access.state, now)
    this.#children = this.#roles.includes('parent')
      ? await childrenOf(this.#parts.database, school, person, today)
      : []
    this.#today = today
    this.#lookedAt = performance.now()
    this.#answers.clear()
    this.#seen.clear()
  }

  async #asStaff(
    role: 'teacher' | 'class-teacher' | 'deputy',
    audience: Audience,
    stream: StreamName,
  ): Promise<boolean> {
    const asked = this.#asking(role)
    if (audience.of === 'administration') return false
    if (audience.of === 'school') return true
    if (audience.of === 'unit') {
      return this.#once(`${role} sees unit ${audience.unit}`, async () => {
        const year = await yearOfUnit(asked, audience.unit)
        return year !== undefined && (await mayReadUnit(asked, audience.unit, year)) === null
      })
    }
    const of = await this.#journalOf(audience, stream)
    if (of === null) return false
    return this.#once(
      `${role} reads journal ${of.journal}`,
      async () => (await mayReadJournal(asked, of.journal, of.year)) === null,
    )
  }

  /** Whom a class teacher may hear of where several classes learn together; null is everybody. */
  async #seenIn(audience: Audience, stream: StreamName): Promise<ReadonlySet<Uuid> | null> {
    const asked = this.#asking('class-teacher')
    if (audience.of === 'unit') {
      const { unit } = audience
      const year = await yearOfUnit(asked, unit)
      return year === undefined ? null : pupilsSeenIn(asked, { kind: 'group', group: unit }, year)
    }
    const of =
      audience.of === 'page' || audience.of === 'journal' ? await this.#journalOf(audience, stream) : null
    if (of === null) return null
    const known = this.#seen.get(of.journal)
    if (known !== undefined) return known
    const seen = await pupilsSeenOn(asked, of.journal, of.year)
    this.#seen.set(of.journal, seen)
    return seen
  }

  /** Those of his own, himself or his children, whom the event concerns. */
  async #ownAmong(audience: Audience, stream: StreamName): Promise<ReadonlySet<Uuid>> {
    const concerned = new Set<Uuid>()
    for (const pupil of await this.#own()) {
      if (await this.#concerns(pupil, audience, stream)) concerned.add(pupil)
    }
    return concerned
  }

  async #own(): Promise<Uuid[]> {
    const own: Uuid[] = this.#roles.includes('pupil') ? [this.#who.person] : []
    for (const child of this.#children) {
      const may = await this.#once(
        `reads diary ${child}`,
        async () => (await mayReadDiary(this.#asking('parent'), child)) === null,
      )
      if (may) own.push(child)
    }
    return own
  }

  async #concerns(pupil: Uuid, audience: Audience, stream: StreamName): Promise<boolean> {
    const asked = this.#asking('pupil')
    if (audience.of === 'administration') return false
    if (audience.of === 'school') return true
    if ('pupil' in audience && audience.pupil !== null) return audience.pupil === pupil
    if (audience.of === 'unit') {
      return this.#once(`${pupil} in unit ${audience.unit}`, () => belongsTo(asked, audience.unit, pupil))
    }
    const of = await this.#journalOf(audience, stream)
    if (of === null) return false
    return this.#once(`${pupil} learns in ${of.journal}`, () => learnsIn(asked, of.journal, of.year, pupil))
  }

  #journalOf(
    audience: Extract<Audience, { of: 'journal' | 'page' }>,
    stream: StreamName,
  ): Promise<JournalOfYear | null> {
    if (audience.of === 'page') return this.#pages.of(stream)
    const year = Number(parseStreamName(stream)!.id)
    return Promise.resolve({ journal: audience.journal, year })
  }

  #asking(role: Role): Asked<unknown> {
    return {
      school: this.#who.school,
      actor: actorIn(this.#person, role),
      held: this.#roles,
      input: {},
      parts: this.#parts,
      today: this.#today!,
    }
  }

  async #once(question: string, answer: () => Promise<boolean>): Promise<boolean> {
    const known = this.#answers.get(question)
    if (known !== undefined) return known
    const found = await answer()
    this.#answers.set(question, found)
    return found
  }
}
