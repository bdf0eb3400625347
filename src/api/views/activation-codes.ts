import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import { accessFold, owesApplication } from '#commands/access/state.ts'
import { execute } from '#commands/execute.ts'
import { familyFold, represents } from '#commands/family/state.ts'
import { policyFold } from '#commands/policy/state.ts'
import { referenceStream } from '#commands/references.ts'
import { isRefusal, refuse } from '#commands/refusal.ts'
import { isMember, leadsClass } from '#commands/roster/state.ts'
import { streamName } from '#events/stream-name.ts'
import { writeCsv } from '#exchange/csv.ts'
import { shownInstant } from '#print/dates.ts'
import { accountsOf } from '#projections/school-directory/queries.ts'
import { Instant, type TimeZone } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { namesOf } from './names.ts'
import { referenceOf } from './reference-of.ts'
import { type Asked, defineView } from './view.ts'

const Line = z.strictObject({
  name: z.string(),
  pupil: z.string().describe('Чей представитель; у самого обучающегося — его имя'),
  login: z.string(),
  code: z.string(),
  expires: Instant,
  application_owed: z
    .boolean()
    .describe('Заявления о доступе ещё нет: код сработает, когда его зарегистрируют'),
})
type Line = z.output<typeof Line>

const Input = z.strictObject({ class: Uuid })

/**
 * Codes for everybody of a class who has not come in yet, pupils and their representatives, as a list to be printed, cut
 * and handed out (R-7B.1); those whose application is still owed are named (R-A1.p2). It is shown once: who asks again
 * makes new codes, and those of the old list are void.
 */
export const classActivationCodes = defineView({
  name: 'class-activation-codes',
  path: 'classes/:class/activation-codes',
  summary: 'Выдать коды активации классу: список для печати, показывается один раз',
  tag: 'Доступ',
  operation: '22a',
  posted: true,
  input: Input,
  reply: z.strictObject({
    codes: z.array(Line),
    csv: z.string().describe('Тот же список файлом CSV'),
  }),
  async may(asked) {
    const { actor, input, today } = asked
    if (actor.role !== 'class-teacher') return null
    const led = leadsClass(await referenceOf(asked, 'roster'), actor.person, input.class, today)
    return led ? null : refuse('class-not-led', { class: input.class })
  },
  async answer(asked) {
    const { school, parts } = asked
    const people = await peopleOf(asked)
    const persons = [...people.keys()]
    const name = await namesOf(asked, [...persons, ...people.values()])
    const accounts = await accountsOf(parts.database, school, persons)
    const ids = accounts.map(({ account }) => account)
    const logins = await parts.credentials.loginsOf(school, ids)
    const codes: Line[] = []
    for (const { account, person } of accounts) {
      const pupil = people.get(person)!
      const issued = await issue(asked, account, pupil)
      if (issued === null) continue
      const login = logins.get(account) ?? ''
      codes.push({ name: name(person), pupil: name(pupil), login, ...issued })
    }
    codes.sort((a, b) => a.pupil.localeCompare(b.pupil, 'ru') || a.name.localeCompare(b.name, 'ru'))
    return { body: { codes, csv: csvOf(codes, parts.zone) }, about: [...people.keys(), ...people.values()] }
  },
})

type OfClass = Asked<z.output<typeof Input>>

/** Whoever belongs to a class today: the person, and the pupil for whose sake. */
async function peopleOf(asked: OfClass): Promise<Map<Uuid, Uuid>> {
  const { school, input, parts, today } = asked
  const unit = (await referenceOf(asked, 'roster')).classes.get(input.class)
  if (unit === undefined) throw new ProblemError('class-unknown', { class: input.class })
  const people = new Map<Uuid, Uuid>()
  for (const pupil of new Set(unit.members.map((member) => member.pupil))) {
    if (!isMember(unit.members, pupil, today)) continue
    people.set(pupil, pupil)
    const family = await parts.execution.streams.load(familyFold, streamName(school, 'family', pupil))
    for (const person of family.state.representatives.keys())
      if (represents(family.state, person, today)) people.set(person, pupil)
  }
  return people
}

/** A code for an account that waits for one; null for one whose person has come in, or may not. */
async function issue(
  { school, actor, parts, request, today }: OfClass,
  account: Uuid,
  pupil: Uuid,
): Promise<Pick<Line, 'code' | 'expires' | 'application_owed'> | null> {
  const { execution } = parts
  const { state } = await execution.streams.load(accessFold, streamName(school, 'access', account))
  if (state.activated && !state.lost) return null
  let code: string | null = null
  const tell = (_name: string, value: string): void => {
    code = value
  }
  const reason = state.lost ? 'lost' : 'first'
  const outcome = await execute(
    { ...execution, places: { ...execution.places, tell } },
    issueActivationCode,
    {
      school,
      actor,
      id: randomUUID() as Uuid,
      input: issueActivationCode.input.parse({ account, pupil, reason }),
      ...(request === undefined ? {} : { corr: request }),
    },
  )
  if (isRefusal(outcome) || code === null) return null
  const { expires } = outcome.events[0]!.data as { expires: Instant }
  const policy = await execution.streams.load(policyFold, referenceStream(school, 'policy', null))
  return { code, expires, application_owed: owesApplication(state, policy.state, today) }
}

/** The list as it is printed and cut: until when a code is good is told by the clock of the school. */
function csvOf(codes: readonly Line[], zone: TimeZone): string {
  return writeCsv([
    ['Кому', 'Обучающийся', 'Имя для входа', 'Код активации', 'Действует до', 'Заявление о доступе'],
    ...codes.map(({ name, pupil, login, code, expires, application_owed }) => [
      name,
      pupil,
      login,
      code,
      shownInstant(expires, zone),
      application_owed ? 'принести до первого входа' : '',
    ]),
  ])
}
