import { z } from 'zod'
import { noticeOf } from '#commands/family/consent.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { agreementOn, schoolFold } from '#commands/school/state.ts'
import { streamName } from '#events/stream-name.ts'
import { type ConsentEntry, consents, policyOn } from '#projections/school-directory/queries.ts'
import { ConsentForm, ConsentRule, ConsentScope } from '#values/consent.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { SchoolYear } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { namesOf } from './names.ts'
import { REPORTS } from './report-parts.ts'
import { ownUnits } from './rights.ts'
import { type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

/** A decision of a representative as it is shown. */
export const ConsentReply = z
  .strictObject({
    decision: z.enum(['given', 'refused', 'withdrawn']),
    scope: z.array(ConsentScope).describe('На что дано согласие: дневник, сообщения вне дневника'),
    form: ConsentForm.describe('written — письменно, electronic — в кабинете'),
    date: LocalDate,
    notice: z
      .strictObject({ version: z.string(), date: LocalDate })
      .nullable()
      .describe('Версия извещения о договоре с оператором и передаче ему данных, и когда ознакомлен'),
    recorded_at: Instant,
  })
  .meta({ id: 'Consent', description: 'Решение представителя об электронной форме' })

export const shownConsent = ({ at, by: _by, ...of }: NonNullable<ConsentEntry['consent']>) => ({
  ...of,
  recorded_at: at,
})

/** What a parent is told before he decides (R-A3.3b); its version is part of the decision. */
export const processingNoticeView = defineView({
  name: 'processing-notice',
  path: 'processing-notice',
  summary: 'Извещение об обработке персональных данных и передаче их оператору: действующая версия и текст',
  tag: 'Справочники',
  operation: '22d',
  input: z.strictObject({}),
  reply: z.strictObject({
    version: z.string().describe('Её называют в give-consent'),
    agreement: z.strictObject({ agreement: z.string(), from: LocalDate }).nullable(),
    text: z.array(z.string()),
  }),
  readsNoModel: true,
  async answer({ school, parts, today }) {
    const { state } = await parts.execution.streams.load(
      schoolFold,
      streamName(school, 'school', WHOLE_SCHOOL),
    )
    return { body: { ...noticeOf(state, today), agreement: agreementOn(state, today) } }
  },
})

/** Whether the diary is open to a representative by his decision, or without one by the rule of the school. */
const isOpen = (consent: ConsentEntry['consent'], rule: z.output<typeof ConsentRule>): boolean =>
  consent === null ? rule === 'refusals' : consent.scope.includes('diary')

const consentRuleOn = async ({ school, parts }: Asked<unknown>, on: LocalDate) =>
  ((await policyOn(parts.database, school, on))?.policy ?? STARTING_POLICY).consents

/** The pupils of these classes today whose diary is open to no representative. */
export async function closedToAll(
  asked: Asked<unknown>,
  year: number,
  classes: readonly Uuid[],
): Promise<ReadonlySet<Uuid>> {
  const { school, parts, today } = asked
  const rule = await consentRuleOn(asked, today)
  const found = await consents(parts.database, school, year, today, classes)
  const open = found.filter(({ representative, consent }) =>
    // Of whom the school knows nobody yet, nobody has refused.
    representative === null ? rule === 'refusals' : isOpen(consent, rule),
  )
  const closed = new Set(found.map(({ pupil }) => pupil))
  for (const { pupil } of open) closed.delete(pupil)
  return closed
}

const STATES = ['undecided', 'given', 'refused', 'withdrawn'] as const

/**
 * The register of consents and of refusals, and the pupils for whom nobody has decided. A diary elsewhere learns
 * from it to whom it may show which child (R-7A.18b).
 */
export const consentsReport = defineView({
  name: 'consents-report',
  path: 'reports/consents',
  summary:
    'Согласия и несогласия представителей на электронную форму, и обучающиеся, о которых решения нет; классному руководителю — по своему классу',
  tag: REPORTS,
  operation: '24a',
  exchange: 'diary',
  input: z.strictObject({
    year: YearMeant,
    class: Uuid.optional().describe('Без него — все, которые видит спросивший'),
    state: z
      .enum(STATES)
      .optional()
      .describe(
        'Только с таким решением; undecided — решения представителя нет, или представитель неизвестен',
      ),
  }),
  reply: z.strictObject({
    year: SchoolYear,
    on: LocalDate,
    rule: ConsentRule.describe('По правилам школы: нужно согласие, или закрывает только отказ'),
    totals: z
      .strictObject({
        pupils: z.int(),
        given: z.int().describe('Согласился хотя бы один представитель'),
        refused: z.int().describe('Никто не согласился, кто-то отказал или отозвал'),
        undecided: z.int().describe('Решения нет ни у кого из представителей'),
      })
      .describe('Обучающиеся, независимо от отбора по решению; в сумме все'),
    rows: z.array(
      z.strictObject({
        class: Uuid,
        class_name: z.string(),
        pupil: Uuid,
        pupil_name: z.string(),
        undecided: z.boolean().describe('Об обучающемся не решил никто'),
        representative: Uuid.nullable().describe('null — школа не знает представителей'),
        representative_name: z.string().nullable(),
        kinship: z.string().nullable(),
        electronic: z.boolean().describe('Открыт ли представителю дневник'),
        consent: ConsentReply.nullable(),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, input, today: on } = asked
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: on })
    const own = (await ownUnits(asked, year))?.classes ?? null
    const seen = input.class === undefined ? own : new Set([input.class])
    if (input.class !== undefined && own?.has(input.class) === false)
      throw new ProblemError(asked.actor.role === 'class-teacher' ? 'class-not-led' : 'outside-competence', {
        class: input.class,
      })
    const found = await consents(parts.database, school, year, on, seen && [...seen])
    const rule = await consentRuleOn(asked, on)
    const byPupil = Map.groupBy(found, ({ pupil }) => pupil)
    const undecided = (pupil: Uuid) => byPupil.get(pupil)!.every(({ consent }) => consent === null)
    const given = (pupil: Uuid) => byPupil.get(pupil)!.some(({ consent }) => consent?.decision === 'given')
    const pupils = [...byPupil.keys()]
    const name = await namesOf(
      asked,
      found.flatMap(({ pupil, representative }) => [pupil, representative]),
    )
    const shown = found.filter(
      ({ consent }) => input.state === undefined || (consent?.decision ?? 'undecided') === input.state,
    )
    return {
      body: {
        year,
        on,
        rule,
        totals: {
          pupils: pupils.length,
          given: pupils.filter(given).length,
          refused: pupils.filter((pupil) => !given(pupil) && !undecided(pupil)).length,
          undecided: pupils.filter(undecided).length,
        },
        rows: shown.map(({ representative, consent, ...row }) => ({
          ...row,
          pupil_name: name(row.pupil),
          undecided: undecided(row.pupil),
          representative,
          representative_name: representative === null ? null : name(representative),
          electronic: representative !== null && isOpen(consent, rule),
          consent: consent === null ? null : shownConsent(consent),
        })),
      },
    }
  },
})
