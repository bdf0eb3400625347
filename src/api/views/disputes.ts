import { z } from 'zod'
import { type Dispute, disputes } from '#projections/mark-disputes/queries.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { authorsOf, namesOf } from './names.ts'
import { DisputeReply } from './replies.ts'
import { childrenByConsent, mayReadDiary, ownJournals, pupilsSeenOn } from './rights.ts'
import { type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

const MOST = 500

const input = z.strictObject({
  year: YearMeant,
  state: z.enum(['open', 'answered']).optional().describe('Без него — все'),
  journal: Uuid.optional(),
  pupil: Uuid.optional(),
  limit: z.coerce.number<string>().int().min(1).max(MOST).default(100),
  after: z
    .string()
    .regex(/^[0-9TZ:.-]{24}\|[0-9a-f-]{36}$/)
    .optional()
    .describe('Из поля next предыдущего ответа'),
})
type Input = z.output<typeof input>

/** What pupils and families say of marks that they hold for wrong, and what was answered (R-A1.p1). */
export const disputeList = defineView({
  name: 'dispute-list',
  path: 'disputes',
  summary: 'Обращения о неверных отметках и ответы; учителю — по его журналам, семье — о своём ребёнке',
  tag: 'Дневник',
  operation: '28',
  input,
  reply: z.strictObject({ disputes: z.array(DisputeReply), next: z.string().nullable() }),
  async may(asked) {
    const { actor, input } = asked
    const family = actor.role === 'pupil' || actor.role === 'parent'
    return family && input.pupil !== undefined ? mayReadDiary(asked, input.pupil) : null
  },
  async answer(asked) {
    const { school, parts, input } = asked
    const year = await yearMeant(asked)
    if (year === undefined) return { body: { disputes: [], next: null } }
    const [at, id] = input.after?.split('|') ?? []
    const after = at === undefined ? null : ([Instant.parse(at), Uuid.parse(id)] as const)
    const wanted = {
      year,
      open: input.state === undefined ? null : input.state === 'open',
      journals: await journalsSeen(asked, year),
      pupils: await pupilsMeant(asked),
    }
    const found = await disputes(parts.database, school, wanted, after, input.limit)
    const last = found.length === input.limit ? found.at(-1) : undefined
    const seen: Dispute[] = []
    for (const one of found) {
      // In a group that several classes share a class teacher hears of the own pupils alone.
      const pupils = await pupilsSeenOn(asked, one.journal, year)
      if (pupils === null || pupils.has(one.pupil)) seen.push(one)
    }
    return {
      body: {
        disputes: await shownDisputes(asked, seen),
        next: last === undefined ? null : `${last.filed_at}|${last.dispute}`,
      },
    }
  },
})

async function journalsSeen(asked: Asked<Input>, year: number): Promise<readonly Uuid[] | null> {
  const { actor, input } = asked
  const own = actor.role === 'pupil' || actor.role === 'parent' ? null : await ownJournals(asked, year)
  if (input.journal === undefined) return own === null ? null : [...own]
  return own?.has(input.journal) === false ? [] : [input.journal]
}

async function pupilsMeant(asked: Asked<Input>): Promise<readonly Uuid[] | null> {
  const { actor, input } = asked
  if (input.pupil !== undefined) return [input.pupil]
  if (actor.role === 'pupil') return [actor.person]
  return actor.role === 'parent' ? (await childrenByConsent(asked)).open : null
}

/** Disputes as they are shown: with names, which no read model keeps. */
export async function shownDisputes(
  asked: Asked<unknown>,
  found: readonly Dispute[],
): Promise<Array<z.output<typeof DisputeReply>>> {
  const name = await namesOf(
    asked,
    found.map(({ pupil }) => pupil),
  )
  const author = await authorsOf(
    asked,
    found.flatMap(({ account, answered_by }) => [account, ...(answered_by === null ? [] : [answered_by])]),
  )
  return found.map(({ work: _work, role, answered_by, upheld_by, ...one }) => ({
    ...one,
    pupil_name: name(one.pupil),
    author_name: author(one.account),
    role,
    answered_by: answered_by === null ? null : author(answered_by),
    upheld_by,
  })) as Array<z.output<typeof DisputeReply>>
}
