import { findingOf } from '#commands/control/ground.ts'
import { controlFold } from '#commands/control/state.ts'
import { leadsClass } from '#commands/roster/state.ts'
import { teachersOf } from '#commands/teaching-load/state.ts'
import type { Inspected } from '#events/control.ts'
import { streamName } from '#events/stream-name.ts'
import { endOfDay } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE } from './duty.ts'

/**
 * What checks of journals and diaries found and nobody has put right yet, where a day was set for it (R-7A.7): of journals
 * it is their teachers', of diaries the class teacher's, who hears of no other.
 *
 * @param classes those whose diaries are asked for; all without them
 */
export async function dutiesOfFindings(
  { school, parts, actor }: Asked<unknown>,
  ground: DutyGround,
  classes: ReadonlySet<Uuid> | undefined,
): Promise<Duty[]> {
  const { state } = await parts.execution.streams.load(
    controlFold,
    streamName(school, 'control', ground.year),
  )
  const asksFor = (of: Inspected): boolean =>
    of.kind === 'journal'
      ? actor.role !== 'class-teacher' && ground.journals?.has(of.journal) !== false
      : actor.role !== 'teacher' && (classes?.has(of.class) ?? true)
  return [...state.findings.values()].flatMap((one): Duty[] => {
    const of = findingOf(state, one.finding)?.inspection
    const { remedyBy } = one
    if (of === undefined || one.state === 'fixed' || remedyBy === null || !asksFor(of.of)) return []
    return [
      {
        ...NOTHING_MORE,
        duty: 'finding',
        dueAt: endOfDay(remedyBy, ground.zone),
        date: of.date,
        journal: of.of.kind === 'journal' ? of.of.journal : null,
        lesson: one.lesson,
        finding: one.finding,
        responsible: answerable(ground, of.of),
      },
    ]
  })
}

/** Who answers today for what was looked through. */
function answerable(
  { references: { roster, teachingLoad }, today }: DutyGround,
  of: Inspected,
): readonly Uuid[] {
  if (of.kind === 'journal') return teachersOf(teachingLoad, of.journal, today)
  const teachers = roster.classes.get(of.class)?.teachers ?? []
  return [...new Set(teachers.map(({ staff }) => staff))].filter((staff) =>
    leadsClass(roster, staff, of.class, today),
  )
}
