import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { grantRole } from '#commands/access/grant-role.ts'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import { openAccount } from '#commands/access/open-account.ts'
import { accessFold } from '#commands/access/state.ts'
import type { Command } from '#commands/command.ts'
import { type Accepted, execute, type Execution } from '#commands/execute.ts'
import type { Fold } from '#commands/fold.ts'
import { type ReferenceName, WHOLE_SCHOOL } from '#commands/references.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { recordProcessingAgreement } from '#commands/school/record-processing-agreement.ts'
import { registerSchool } from '#commands/school/register-school.ts'
import { schoolFold } from '#commands/school/state.ts'
import { streamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import { dateAt, type LocalDate, type TimeZone } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import type { Report } from './cli/call.ts'
import { Obstacle } from './explain.ts'
import type { Installation } from './installation.ts'
import { OPERATOR } from './operator.ts'

export interface NewSchool {
  readonly school: SchoolSlug
  readonly name: string
  /** The log-in name of the first system administrator. */
  readonly administrator: string
  /** By which the operator processes the data of the school; it can be recorded later. */
  readonly agreement?: string
  /** For how many days the activation code is good. */
  readonly days: number
}

/** Fixed for ever: who repeats a creation that was cut short meets the account that it had opened. */
const NAMESPACE = Uuid.parse('0d9f3f0e-6f4b-5c61-8a2e-5b0c7b6f7a11')

/**
 * Begins a school and opens the account of its first system administrator, with an activation code that is told here
 * and nowhere else. Repeated with the same words until the administrator has come in, it goes on where it was cut short
 * and issues a new code in the place of the one before.
 *
 * @throws {Obstacle} the slug is another school's, or the administrator has come in
 */
export async function createSchool(
  { execution, credentials }: Pick<Installation, 'execution' | 'credentials'>,
  { school, name, administrator, agreement, days }: NewSchool,
  zone: TimeZone,
): Promise<Report> {
  const taken = new Obstacle(`Школа «${school}» в установке уже есть: выберите другое короткое имя.`)
  const hand = operatorOf(execution, school)
  const today = dateAt(execution.clock(), zone)
  const known = await hand.state(schoolFold, WHOLE_SCHOOL)
  if (known.name === null) {
    // A school that came by a copy of an older release has events, and no event of its beginning.
    for await (const _ of execution.store.readAll({ school, limit: 1 })) throw taken
    const begun = await hand.give(registerSchool, { name })
    if (isRefusal(begun)) throw taken
  } else if (known.name !== name) throw taken
  if (agreement !== undefined) await agree(hand, agreement, today)

  const account = uuidV5(NAMESPACE, `${school}/administrator`)
  const person = uuidV5(NAMESPACE, `${school}/administrator/person`)
  const before = await hand.state(accessFold, account)
  if (before.activated) throw taken
  const login = (await credentials.loginsOf(school, [account])).get(account)
  if (before.person === null) {
    done(await hand.give(openAccount, { account, person, login: administrator }))
  } else if (login !== administrator.toLowerCase()) throw taken
  if (before.grants.length === 0) {
    done(await hand.give(grantRole, { account, role: 'system-administrator', from: today }))
  }
  const told: Record<string, string> = {}
  const tell = (what: string, value: string): void => {
    told[what] = value
  }
  done(await hand.give(issueActivationCode, { account, reason: 'first', days }, tell))
  const { activationCode } = told
  return {
    lines: [
      `Школа «${school}» заведена: ${name}.`,
      `Системный администратор:  ${administrator}`,
      `Код активации:            ${activationCode}`,
      `Код годен один раз, ${days} дн.; он показан только здесь. Передайте его лично.`,
      'Пароль по коду задают через POST /v1/activate (docs/spec/access.md).',
    ],
    json: { school, name, account, person, administrator, activationCode, days },
  }
}

/**
 * Records the agreement by which the operator processes the data of a school (R-A3.3a).
 *
 * @throws {Obstacle} there is no such school
 */
export async function recordAgreement(
  { execution }: Pick<Installation, 'execution'>,
  { school, agreement, from }: { school: SchoolSlug; agreement: string; from: LocalDate },
): Promise<Report> {
  let known = false
  for await (const _ of execution.store.readAll({ school, limit: 1 })) known = true
  if (!known) throw new Obstacle(`Школы «${school}» в установке нет.`)
  const recorded = await agree(operatorOf(execution, school), agreement, from)
  const line = recorded
    ? `Школа «${school}»: договор «${agreement}» действует с ${from}.`
    : `Школа «${school}»: договор «${agreement}» уже записан.`
  return { lines: [line], json: { school, agreement, from, recorded } }
}

type Hand = ReturnType<typeof operatorOf>

/** Whether it was new. */
async function agree(hand: Hand, agreement: string, from: LocalDate): Promise<boolean> {
  const outcome = await hand.give(recordProcessingAgreement, { agreement, from })
  if (isRefusal(outcome) && outcome.refused === 'same-value') return false
  done(outcome)
  return true
}

/** The operator at work in one school. */
export function operatorOf(execution: Execution, school: SchoolSlug) {
  return {
    async state<State>(fold: Fold<State>, id: string): Promise<Readonly<State>> {
      return (await execution.streams.load(fold, streamName(school, fold.category, id))).state
    },
    give<Input extends z.ZodObject, State, Needs extends ReferenceName>(
      command: Command<Input, State, Needs>,
      input: z.input<Input>,
      tell?: (what: string, value: string) => void,
    ): Promise<Accepted | Refusal> {
      const places = { ...execution.places, ...(tell === undefined ? {} : { tell }) }
      const asked = {
        school,
        actor: OPERATOR,
        id: randomUUID() as Uuid,
        input: command.input.parse(input),
      }
      return execute({ ...execution, places }, command, asked)
    },
  }
}

function done(outcome: Accepted | Refusal): void {
  if (isRefusal(outcome)) {
    throw new Error(`the operator was refused: ${outcome.refused} ${JSON.stringify(outcome.detail)}`)
  }
}
