import { z } from 'zod'
import { Digest } from '#events/journal-page.ts'
import { dateAt, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { consentsTo, represents, withoutConsent } from '../family/state.ts'
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
})

/**
 * A parent says that he got acquainted with a week of the diary of the child (факт ознакомления, R-7A.15). What he saw is
 * named by its version: a week that has changed since may still be acknowledged as it was, and shows that it changed.
 */
export const acknowledgeDiary = defineCommand({
  name: 'acknowledge-diary',
  path: 'pupils/:pupil/diary',
  summary: 'Подтвердить ознакомление с дневником ребёнка за неделю',
  operation: '25',
  input: AcknowledgeDiary,
  fold: diaryFold,
  stream: ({ pupil }) => pupil,
  needs: ['family', 'policy'],
  pupil: ({ pupil }) => pupil,
  may({ actor, input: { pupil }, references: { family, policy }, now }) {
    const today = dateAt(now, DEFAULT_ZONE)
    if (!represents(family, actor.person, today)) return refuse('diary-not-yours', { pupil })
    // Nobody gets acquainted with what is closed to him.
    return consentsTo(family, policy, actor.person, today, 'diary')
      ? null
      : withoutConsent(family, pupil, actor.person)
  },
  decide({ input: { pupil, week, item, seen }, state, actor, now }) {
    const today = dateAt(now, DEFAULT_ZONE)
    if (mondayOf(week) !== week) return refuse('week-not-from-monday', { week, monday: mondayOf(week) })
    if (week > today) return refuse('week-not-begun', { week, today })
    const representative = actor.person
    if (state.seen.get(acknowledged({ representative, week, item })) === seen) return []
    return [{ type: 'DiaryAcknowledged', data: { pupil, representative, week, item, seen } }]
  },
})
