import type { Actor } from '#commands/command.ts'
import type { Role } from '#values/role.ts'
import type { LocalDate } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { type Calendar, calendarOf } from './calendar.ts'
import { type DrawsAt, drawsOf } from './draws.ts'
import { type Episodes, episodesOf } from './episodes.ts'
import { extrasOf } from './extras.ts'
import { journalsOf } from './journals.ts'
import type { Account, Group, Journal, SchoolClass, Slot, Teacher } from './parts.ts'
import { byName, grownUp, type Pupil, pupilsOf, sizeOf } from './people.ts'
import { type Shape, shapeOf } from './presets.ts'
import { staffOf } from './staff.ts'
import { weeksOf } from './weeks.ts'

/** Fixed for ever: the ids of every synthetic school follow from it and its seed. */
const NAMESPACE = Uuid.parse('7b1c2f0e-5d34-5c8a-9a46-3c1f0a6f2e11')

export interface School extends Episodes {
  readonly shape: Shape
  readonly calendar: Calendar
  readonly drawsAt: DrawsAt
  readonly id: (path: string) => Uuid
  readonly teachers: readonly Teacher[]
  readonly classes: readonly SchoolClass[]
  readonly groups: readonly Group[]
  readonly journals: readonly Journal[]
  /** The teacher whose last day stays unrecorded for the visitor. */
  readonly demoTeacher: Teacher
  /** Enters one whole week of October on its Saturday (DOMAIN.md G.9, episode 2). */
  readonly lateTeacher: Teacher
  /** The class whose class teacher, pupil and parent are among the log-ins. */
  readonly demoClass: SchoolClass
  /** The week of a class in a half of the year. */
  weekOf(of: SchoolClass, half: 0 | 1): readonly Slot[]
  accountOf(person: Uuid): Account
}

/** @throws {UnknownPreset} */
export function schoolOf(seed: string, year: number, preset = 'S'): School {
  const shape = shapeOf(preset)
  const drawsAt = drawsOf(seed)
  const namespace = uuidV5(NAMESPACE, seed)
  const id = (path: string) => uuidV5(namespace, path)
  const calendar = calendarOf(year, shape.secondShift)

  const sized = sizedClasses(shape, drawsAt)
  const staffing = staffOf(shape, sized)
  const teachers = staffing.posts.map((post): Teacher => {
    const draws = drawsAt(`teacher/${post.number}`)
    const discipline = draws.discipline()
    const person = grownUp(`teacher/${post.number}`, draws, id)
    return { post, discipline, ...person, ...accountOf(person.id) }
  })
  const classes = sized.map(({ size, ...of }): SchoolClass => {
    const teacher = teachers.find(({ post }) => post.leads === of.name) ?? teachers[0]!
    const pupils = pupilsOf(of.name, size, drawsAt, id)
    return { id: id(`year/${year}/class/${of.name}`), ...of, pupils, teacher }
  })
  const core = { year, shape, id, teachers, classes, drawsAt }
  const lessons = journalsOf(core, staffing)
  const found = weeksOf(shape, classes, lessons.journals)
  const extras = extrasOf(core, found)
  const journals = [...lessons.journals, ...extras.journals]
  const demoClass = classes.find(({ name }) => name === staffing.demoClass)!
  return {
    shape,
    calendar,
    drawsAt,
    id,
    teachers,
    classes,
    groups: [...lessons.groups, ...extras.groups],
    journals,
    demoTeacher: teachers[staffing.demoTeacher - 1]!,
    lateTeacher: teachers[staffing.lateTeacher - 1]!,
    demoClass,
    ...episodesOf(calendar, classes, journals, demoClass),
    weekOf: (of, half) => extras.weeks[half].get(of.name)!,
    accountOf,
  }
}

/**
 * How many pupils each class has. Where the school has a number of pupils in all, what the draws of the classes lack is
 * given out by turns, from the last class to the first.
 */
function sizedClasses({ classes, size: mean, pupils }: Shape, drawsAt: DrawsAt) {
  const sized = classes.map((of) => ({ ...of, size: sizeOf(of.name, mean, drawsAt) }))
  if (pupils === null) return sized
  const lacking = () => pupils - sized.reduce((sum, { size }) => sum + size, 0)
  for (let at = sized.length - 1, lack = lacking(); lack !== 0; at = at > 0 ? at - 1 : sized.length - 1) {
    sized[at]!.size += Math.sign(lack)
    lack = lacking()
  }
  return sized
}

function accountOf(person: Uuid): Account {
  return { account: uuidV5(person, 'account'), person }
}

export function actorOf({ account, person }: Account, role: Role): Actor {
  return { account, person, role, cred: 1 }
}

/** Who learns in a journal on a day. */
export function membersOn(school: School, journal: Journal, date: LocalDate): readonly Pupil[] {
  const { group } = journal
  if (group === null) return pupilsOn(school, journal.class, date)
  const { mover, leaver, transfer } = school
  const members = new Set(group.pupils)
  if (group === mover?.from || group === mover?.to) {
    members.delete(mover.pupil)
    if (group === (date < mover.date ? mover.from : mover.to)) members.add(mover.pupil)
  }
  if (transfer !== null && date >= transfer.date) {
    if (group.classes.includes(transfer.from)) members.delete(transfer.pupil)
    if (transfer.groups.includes(group)) members.add(transfer.pupil)
  }
  if (leaver !== null && date >= leaver.date) members.delete(leaver.pupil)
  return [...members].toSorted(byName)
}

/** The pupils of a class on a day, in the order of the alphabet. */
export function pupilsOn({ transfer, leaver }: School, of: SchoolClass, date: LocalDate): readonly Pupil[] {
  const members = new Set(of.pupils)
  if (transfer !== null && date >= transfer.date) {
    if (of === transfer.from) members.delete(transfer.pupil)
    if (of === transfer.to) members.add(transfer.pupil)
  }
  if (leaver !== null && date >= leaver.date) members.delete(leaver.pupil)
  return [...members].toSorted(byName)
}
