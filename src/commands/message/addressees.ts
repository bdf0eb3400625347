import type { Addressees } from '#events/message.ts'
import type { Matter } from '#values/competence.ts'
import { dateAt, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Refusal, refuse } from '../refusal.ts'
import {
  classesOf,
  classOf,
  isMember,
  type LearnersOf,
  membershipsOf,
  type RosterState,
} from '../roster/state.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { messageFold } from './state.ts'

/** What commands about a message have alike. */
export const onMessage = {
  fold: messageFold,
  path: 'messages/:message',
  stream: ({ message }: { message: Uuid }) => message,
}

/** The day of a message; families belong to no school year whose zone could be asked. */
export const dayOf = (now: Instant): LocalDate => dateAt(now, DEFAULT_ZONE)

/** The pupils whose families are meant, on a day: whoever moved away yesterday is not among them. */
export function pupilsMeant(roster: Readonly<RosterState>, to: Addressees, date: LocalDate): Uuid[] {
  if (to.kind === 'pupil') return roster.pupils.has(to.pupil) ? [to.pupil] : []
  const members = membershipsOf(roster, learnersOf(to))
  const pupils = members.map(({ pupil }) => pupil).filter((pupil) => isMember(members, pupil, date))
  return [...new Set(pupils)]
}

const learnersOf = (to: Exclude<Addressees, { kind: 'pupil' }>): LearnersOf =>
  to.kind === 'class' ? { kind: 'class', class: to.class } : { kind: 'group', group: to.group }

/** Why there is no such pupil, class or group; null where there is. */
export function notThere(roster: Readonly<RosterState>, to: Addressees): Refusal | null {
  if (to.kind === 'pupil')
    return roster.pupils.has(to.pupil) ? null : refuse('pupil-unknown', { pupil: to.pupil })
  if (to.kind === 'class')
    return roster.classes.has(to.class) ? null : refuse('class-unknown', { class: to.class })
  return roster.groups.has(to.group) ? null : refuse('group-unknown', { group: to.group })
}

/** What a message is about: the grades of those whose families it goes to. */
export function matterOfMessage(
  roster: Readonly<RosterState>,
  to: Addressees,
  date: LocalDate,
): Matter | null {
  const own = to.kind === 'pupil' ? classOf(roster, to.pupil, date) : undefined
  const classes = to.kind === 'pupil' ? (own === undefined ? [] : [own]) : classesOf(roster, learnersOf(to))
  const grades = classes.flatMap((id) => roster.classes.get(id)?.grade ?? [])
  return grades.length === 0 ? null : { grades: [...new Set(grades)], subject: null }
}
