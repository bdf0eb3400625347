import { z } from 'zod'
import { fullName, type NameHistory } from '#integrity/person-store.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf } from './names.ts'
import { mayReadWhole } from './rights.ts'
import { defineView } from './view.ts'

const NameReply = {
  name: z.string(),
  kept_at: Instant,
  author: Uuid,
  author_name: z.string().nullable(),
}

/** What somebody was called and is, with who entered each name and when, and until which day it was right. */
export const personNames = defineView({
  name: 'person-names',
  path: 'names/:person',
  summary: 'Имена человека: нынешнее и прежние, с датами и тем, кто их внёс',
  tag: 'Справочники',
  operation: '19a',
  input: z.strictObject({ person: Uuid }),
  // Whose a person is in a part of the school, names do not tell.
  may: (asked) => Promise.resolve(mayReadWhole(asked)),
  reply: z.strictObject({
    person: Uuid,
    current: z.strictObject(NameReply),
    former: z.array(
      z.strictObject({
        ...NameReply,
        replaced_at: Instant,
        right_until: LocalDate.nullable().describe(
          'Первый день нового имени; null — имя было внесено с ошибкой',
        ),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, input } = asked
    const known = await parts.persons.history(school, input.person)
    if (known === undefined) throw new ProblemError('person-unknown', { person: input.person })
    const { current, former } = known
    const author = await authorsOf(
      asked,
      [current, ...former].map(({ kept_by: by }) => by),
    )
    const shown = (one: NameHistory['current']) => ({
      name: fullName(input.person, new Map([[input.person, one]])),
      kept_at: one.kept_at,
      author: one.kept_by,
      author_name: author(one.kept_by),
    })
    return {
      body: {
        person: input.person,
        current: shown(current),
        former: former.map((one, i) => ({
          ...shown(one),
          replaced_at: (former[i + 1] ?? current).kept_at,
          right_until: one.right_until,
        })),
      },
    }
  },
})
