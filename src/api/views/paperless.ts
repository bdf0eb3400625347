import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { execute } from '#commands/execute.ts'
import { isRefusal } from '#commands/refusal.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { abandonPaper } from '#commands/school/abandon-paper.ts'
import { type PaperDecision, schoolFold, standingPaperDecisions } from '#commands/school/state.ts'
import { Order } from '#events/roster.ts'
import { PAPERLESS_CONDITIONS } from '#events/school.ts'
import { streamName } from '#events/stream-name.ts'
import { SchoolYear } from '#values/school.ts'
import { share } from '#values/share.ts'
import { addDays, Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf } from './names.ts'
import { DAYS, daysMeant, fullOf, readinessOf, USUAL_DAYS } from './paperless-conditions.ts'
import { ShareReply } from './report-parts.ts'
import { mayReadWhole } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The least on which a decision rests: journals that are full on one day say nothing of how they are kept. */
const LEAST_DAYS = 14
const Condition = z.enum(PAPERLESS_CONDITIONS)
type Condition = z.infer<typeof Condition>

const days = {
  from: LocalDate.optional().describe(`Уроки с этого дня; по умолчанию — ${USUAL_DAYS} дней до until`),
  until: LocalDate.optional().describe(`По умолчанию — вчера; не больше ${DAYS} дней`),
}

const missing = {
  lesson: z.int().describe('Уроков не записано'),
  attendance: z.int().describe('Уроков без посещаемости'),
  homework: z.int().describe('Уроков без задания и без «не задано»'),
  marks: z.int().describe('Работ без отметок, срок которых прошёл'),
}

const DecisionReply = z.strictObject({
  decision: Uuid,
  order: Order,
  from: LocalDate,
  classes: z.array(Uuid).nullable().describe('null — вся школа'),
  measured: z
    .strictObject({
      from: LocalDate,
      until: LocalDate,
      full: ShareReply.describe('Журналов велось в полном объёме'),
      last_backup: Instant.nullable(),
      last_drill: Instant.nullable(),
      correction_control: z.boolean(),
    })
    .describe('Как было в мгновение решения'),
  accepted: z.array(Condition).describe('Что руководитель принял как обеспеченное помимо службы'),
  at: Instant,
  account: Uuid,
  author_name: z.string().nullable(),
  resumed: z
    .strictObject({ from: LocalDate, order: Order, at: Instant, account: Uuid })
    .nullable()
    .describe('С какого дня бумажный журнал ведётся снова; null — решение действует'),
})

/** How far the conditions hold on which paper may be abandoned (§2, R-T1), class by class, and what the head has decided. */
export const paperlessReadiness = defineView({
  name: 'paperless-readiness',
  path: 'reports/paperless-readiness',
  summary:
    'Готовность к отказу от бумажного журнала: доля журналов, ведущихся полностью, копии, учебное восстановление, контроль исправлений; чего не хватает по классам; решения руководителя',
  tag: 'Контроль',
  operation: '47',
  input: z.strictObject(days),
  reply: z.strictObject({
    year: SchoolYear,
    from: LocalDate,
    until: LocalDate,
    ready: z.boolean().describe('Все условия выполнены по всей школе'),
    full: ShareReply.describe('Журналов, ведущихся полностью, из всех, в которых были уроки'),
    days_since_backup: z.int().nullable().describe('Полных суток с последней целой копии; null — неизвестно'),
    last_backup: Instant.nullable(),
    last_drill: z
      .strictObject({ at: Instant, ok: z.boolean(), days: z.int().describe('Полных суток с него') })
      .nullable()
      .describe('Последнее учебное восстановление; null — неизвестно'),
    correction_control: z
      .strictObject({
        on: z.boolean(),
        reasons: z.int().describe('Причин исправления в правилах школы, действующих сегодня'),
        last_check: z
          .strictObject({ at: Instant, good: z.boolean() })
          .nullable()
          .describe('Последняя ночная сверка записей; null — её не было'),
      })
      .describe('Исправления — только с причиной, и записи каждую ночь сверяются'),
    unmet: z.array(Condition).describe('Какие условия не выполнены'),
    classes: z.array(
      z.strictObject({
        class: Uuid,
        name: z.string(),
        grade: z.int(),
        full: ShareReply,
        ready: z.boolean().describe('Уроки были, и все журналы класса ведутся полностью'),
        lacks: z.array(z.strictObject({ journal: Uuid, name: z.string().nullable(), ...missing })),
        decision: Uuid.nullable().describe('Действующее решение об отказе от бумажного журнала'),
      }),
    ),
    decisions: z.array(DecisionReply),
  }),
  may: async (asked) => mayReadWhole(asked),
  async answer(asked) {
    const { state } = await schoolOf(asked)
    const found = await readinessOf(asked)
    const standing = standingPaperDecisions(state)
    const decisionOf = (id: Uuid) =>
      standing.find(({ decided }) => decided.classes?.includes(id) ?? true)?.decided.decision ?? null
    return {
      body: {
        ...found,
        ready: found.unmet.length === 0,
        classes: found.classes.map(({ journals: _all, ...one }) => ({
          ...one,
          decision: decisionOf(one.class),
        })),
        decisions: await decisionsOf(asked, [...state.paperDecisions.values()]),
      },
    }
  },
})

/** The head's decision, with the figures of this instant (R-T1, docs/decisions/0102). */
export const decidePaperless = defineView({
  name: 'decide-paperless',
  path: 'paper-decisions',
  summary:
    'Решить об отказе от бумажного журнала по приказу: вся школа или классы; условия проверяются в это мгновение и записываются с решением',
  tag: 'Контроль',
  operation: '47',
  posted: true,
  input: z.strictObject({
    order: Order.shape.number.describe('Номер приказа'),
    order_date: LocalDate.describe('Дата приказа'),
    effective_from: LocalDate.describe('С какого дня бумажный журнал не ведётся'),
    classes: z
      .string()
      .regex(/^[0-9a-f-]{36}(,[0-9a-f-]{36}){0,99}$/)
      .optional()
      .describe('Классы через запятую; без них — вся школа'),
    accepted: z
      .string()
      .regex(/^(backup|drill)(,(backup|drill))?$/)
      .optional()
      .describe('Условия, которые обеспечены помимо службы: backup, drill — через запятую'),
    ...days,
  }),
  reply: z.strictObject({
    decision: Uuid,
    measured: DecisionReply.shape.measured,
    accepted: z.array(Condition),
  }),
  may: async (asked) => mayReadWhole(asked),
  async answer(asked) {
    const { school, actor, parts, input, request } = asked
    const { from, until } = daysMeant(asked)
    if (until < addDays(from, LEAST_DAYS - 1))
      throw new ProblemError('malformed-request', {
        fields: [{ field: '/from', problem: `решение — по журналам не меньше чем за ${LEAST_DAYS} дней` }],
      })
    const found = await readinessOf(asked)
    const classes = input.classes?.split(',')
    const stranger = classes?.find((id) => !found.classes.some((one) => one.class === id))
    if (stranger !== undefined) throw new ProblemError('class-unknown', { class: stranger })
    const meant = found.classes.filter((one) => classes?.includes(one.class) ?? true)
    const journals = fullOf(meant.flatMap((one) => one.journals))
    const others = found.unmet.filter((condition) => condition !== 'journals')
    const inFull = meant.length > 0 && meant.every(({ ready }) => ready)
    const outcome = await execute(parts.execution, abandonPaper, {
      school,
      actor,
      id: randomUUID() as Uuid,
      input: abandonPaper.input.parse({
        order: { number: input.order, date: input.order_date },
        from: input.effective_from,
        classes: classes ?? null,
        measured: {
          from: found.from,
          until: found.until,
          journals: journals.of,
          full: journals.part,
          lastBackup: found.last_backup,
          lastDrill: found.last_drill?.ok === true ? found.last_drill.at : null,
          correctionControl: found.correction_control.on,
        },
        accepted: input.accepted?.split(',') ?? [],
        unmet: inFull ? others : ['journals', ...others],
      }),
      ...(request === undefined ? {} : { corr: request }),
    })
    if (isRefusal(outcome)) throw new ProblemError(outcome.refused, outcome.detail)
    const { decision } = outcome.events[0]!.data as { decision: Uuid }
    const { state } = await schoolOf(asked)
    const { measured, accepted } = state.paperDecisions.get(decision)!.decided
    return { status: 201, body: { decision, measured: measuredShown(measured), accepted } }
  },
})

const schoolOf = ({ school, parts }: Asked<unknown>) =>
  parts.execution.streams.load(schoolFold, streamName(school, 'school', WHOLE_SCHOOL))

type Measured = PaperDecision['decided']['measured']

const measuredShown = ({
  from,
  until,
  journals,
  full,
  lastBackup,
  lastDrill,
  correctionControl,
}: Measured) => ({
  from,
  until,
  full: share(full, journals),
  last_backup: lastBackup,
  last_drill: lastDrill,
  correction_control: correctionControl,
})

async function decisionsOf(asked: Asked<unknown>, decisions: readonly PaperDecision[]) {
  const author = await authorsOf(
    asked,
    decisions.map(({ by }) => by),
  )
  return decisions.map(({ decided: { measured, ...decided }, by, at, resumed }) => ({
    ...decided,
    measured: measuredShown(measured),
    at,
    account: by,
    author_name: author(by),
    resumed:
      resumed === null
        ? null
        : { from: resumed.from, order: resumed.order, at: resumed.at, account: resumed.by },
  }))
}
