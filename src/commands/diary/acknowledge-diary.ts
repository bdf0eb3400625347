import { z } from 'zod'
import { Digest } from '#events/journal-page.ts'
import { dateAt, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type Actor, defineCommand } from '../command.ts'
import { diaryClosedTo, represents } from '../family/state.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { acknowledged, diaryFold } from './state.ts'

const AcknowledgeDiary = z.strictObject({
  pupil: Uuid,
  week: LocalDate.describe('Понедельник недели'),
  seen: Digest.describe(
    'Версия недели из поля weeks дневника. Если за это время дневник изменился, ознакомление относится к прежней версии, и это видно',
  ),
  item: Uuid.nullable()
    .default(null)
    .describe('Урок, отметка или рекомендация, если подтверждают не неделю, а одну запись'),
  // Without a default: what was sent before it was asked for is recognised when it is sent again.
  representative: Uuid.optional().describe(
    'Кто ознакомился. Называет внешняя система; родитель подтверждает за себя и может не называть',
  ),
})

/** Whose acknowledgement it is: the parent's own, or that of the representative whom an external system names. */
const whose = ({ role, person }: Actor, { representative }: z.output<typeof AcknowledgeDiary>) =>
  role === 'external-system' ? representative : person

/**
 * A parent says that he got acquainted with a week of the diary of the child (факт ознакомления, R-7A.15). What he saw is
 * named by its version: a week that has changed since may still be acknowledged as it was, and shows that it changed.
 * The diary of another system says it for a representative whom it names, by the same rules (R-7A.18b).
 */
export const acknowledgeDiary = defineCommand({
  name: 'acknowledge-diary',
  path: 'pupils/:pupil/diary',
  summary: 'Подтвердить ознакомление с дневником ребёнка за неделю',
  operation: '25',
  exchange: 'acknowledgements',
  input: AcknowledgeDiary,
  fold: diaryFold,
  stream: ({ pupil }) => pupil,
  needs: ['family', 'policy'],
  pupil: ({ pupil }) => pupil,
  // Nobody gets acquainted with what is closed to him.
  may({ actor, input, references: { family, policy }, now }) {
    const { pupil, representative: named } = input
    const today = dateAt(now, DEFAULT_ZONE)
    const representative = whose(actor, input)
    if (representative === undefined) return refuse('representative-missing')
    if (actor.role === 'external-system' && !represents(family, representative, today))
      return refuse('representative-unknown', { representative })
    if (named !== undefined && named !== representative) return refuse('diary-not-yours', { pupil })
    return diaryClosedTo(family, policy, pupil, representative, today)
  },
  decide({ input, state, actor, now }) {
    const { pupil, week, item, seen } = input
    const today = dateAt(now, DEFAULT_ZONE)
    if (mondayOf(week) !== week) return refuse('week-not-from-monday', { week, monday: mondayOf(week) })
    if (week > today) return refuse('week-not-begun', { week, today })
    const representative = whose(actor, input)!
    if (state.seen.get(acknowledged({ representative, week, item })) === seen) return []
    return [{ type: 'DiaryAcknowledged', data: { pupil, representative, week, item, seen } }]
  },
})
