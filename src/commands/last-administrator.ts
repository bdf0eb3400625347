import type { Role } from '#values/role.ts'
import { type Instant, instantAt, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from './command.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { RosterState } from './roster/state.ts'
import { DEFAULT_ZONE } from './school-year/state.ts'
import { type AccessState, closedBy } from './access/state.ts'

/** Whose loss would leave nobody who opens accounts and gives rights. */
export const ADMINISTRATOR: Role = 'system-administrator'

/** From an instant to before another; null is open. */
interface Time {
  readonly from: Instant
  readonly until: Instant | null
}

/** Whose right goes, and from when on: of one account, or of every account of a person. */
interface Leaving {
  readonly from: LocalDate | Instant
  readonly leaves: (account: Uuid, access: Readonly<AccessState>) => boolean
}

/**
 * Refuses what would leave the school without an administrator at a time at which it has one now, be it only later:
 * when another's role ends by its date. Nobody is asked whose account is closed, or who is not of the staff by then.
 */
export function leavesNoAdministrator(
  {
    holders,
    references: { roster },
    now,
  }: Pick<Given<unknown, AccessState, 'roster'>, 'holders' | 'references' | 'now'>,
  { from, leaves }: Leaving,
): Refusal | null {
  const begins = instantOf(from)
  const gone = begins < now ? now : begins
  const lost: Time[] = []
  const kept: Time[] = []
  for (const [account, access] of holders) {
    for (const held of timesOf(access, roster)) {
      if (!leaves(account, access)) kept.push(held)
      else {
        if (held.from < gone) kept.push({ from: held.from, until: earlier(held.until, gone) })
        if (held.until === null || gone < held.until)
          lost.push({ from: held.from < gone ? gone : held.from, until: held.until })
      }
    }
  }
  const first = lost.flatMap((time) => uncovered(time, kept) ?? []).toSorted()[0]
  return first === undefined ? null : refuse('last-administrator', { role: ADMINISTRATOR, from: first })
}

const instantOf = (time: LocalDate | Instant): Instant =>
  time.length === 10 ? instantAt(time as LocalDate, '00:00', DEFAULT_ZONE) : (time as Instant)

const earlier = (one: Instant | null, other: Instant | null): Instant | null =>
  one === null || (other !== null && other < one) ? other : one

/** When an account may act as an administrator, as things stand. */
function timesOf(access: Readonly<AccessState>, roster: Readonly<RosterState>): Time[] {
  if (access.person === null || closedBy(access) !== null) return []
  const leftOn = roster.staff.get(access.person)?.until ?? null
  const left = leftOn === null ? null : instantOf(leftOn)
  return access.grants
    .filter(({ role }) => role === ADMINISTRATOR)
    .map(({ from, until, endsAt }) => ({
      from: instantOf(from),
      until: earlier(earlier(until === null ? null : instantOf(until), endsAt), left),
    }))
    .filter((time) => time.until === null || time.from < time.until)
}

/** The first instant of a time at which none of the others goes on; null where there is none. */
function uncovered({ from, until }: Time, others: readonly Time[]): Instant | null {
  const going = others.filter((other) => other.from <= from && (other.until === null || from < other.until))
  if (going.length === 0) return from
  if (going.some((other) => other.until === null)) return null
  const last = going
    .map((other) => other.until!)
    .toSorted()
    .at(-1)!
  return until !== null && until <= last ? null : uncovered({ from: last, until }, others)
}
