import { giveConsent } from '#commands/family/give-consent.ts'
import { refuseConsent } from '#commands/family/refuse-consent.ts'
import { processingNotice } from '#values/consent.ts'
import { actorOf, type School } from './school.ts'
import { type SchoolCommand, schoolCommand } from './school-command.ts'

/** Of a hundred parents so many consent on paper, and so many refuse; the others have not decided (DOMAIN.md G.5). */
const GIVEN = 0.93
const REFUSED = 0.03

/** The papers of the first day, as the class teachers enter them: a command for each parent who has decided. */
export function consentsOf(school: School): Array<(at: number) => SchoolCommand> {
  const { calendar, demoClass, disputing } = school
  // Whoever logs in, or says something of a mark, has consented.
  const certain = new Set([demoClass.pupils[0]!, disputing.pupil].map(({ parents }) => parents[0]!.id))
  const notice = processingNotice(null).version
  return school.classes.flatMap(({ pupils, teacher }) => {
    const actor = actorOf(teacher, 'class-teacher')
    return pupils.flatMap(({ id: pupil, path, parents }) =>
      parents.flatMap(({ id: representative, kinship }) => {
        const drawn = school.drawsAt(`${path}/${kinship}/consent`).unit()
        const id = school.id(`command/${path}/${kinship}/consent`)
        const input = { pupil, representative, notice, signedOn: calendar.from }
        if (certain.has(representative) || drawn < GIVEN)
          return [(at: number) => schoolCommand(at, id, actor, giveConsent, input)]
        return drawn < GIVEN + REFUSED
          ? [(at: number) => schoolCommand(at, id, actor, refuseConsent, input)]
          : []
      }),
    )
  })
}
