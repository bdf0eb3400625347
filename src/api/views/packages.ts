import { z } from 'zod'
import {
  knownRevisions,
  type PackageEntry,
  packageEntry,
  packages,
  printSet,
} from '#projections/archive-register/queries.ts'
import { Revocation } from '#events/journal-page.ts'
import { ArchiveScope, yearsKept, printSetDue } from '#values/archive.ts'
import { Role } from '#values/role.ts'
import { SchoolYear } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { ArchiveJob } from '../packages.ts'
import { ProblemError } from '../problems.ts'
import { type Asked, defineView } from './view.ts'
import { lostOf } from './void-documents.ts'

const tag = 'Архив'

const PackageReply = z
  .strictObject({
    package: Uuid,
    scope: ArchiveScope,
    year: SchoolYear,
    state: z
      .enum(['sealed', 'not-transferred', 'accepted', 'superseded', 'destroyed'])
      .describe('sealed — файл ещё делается; not-transferred — готов и не принят архивариусом'),
    sealedAt: Instant,
    sealedBy: Uuid,
    issuedAt: Instant.nullable(),
    sha512: z.string().nullable(),
    tagmanifestSha512: z.string().nullable(),
    bytes: z.int().nullable(),
    checkpoint: z.int().nullable().describe('Размер журнала событий, подписанного в пакете'),
    yearsKept: z.int(),
    retainUntil: LocalDate.describe('Первый день, когда пакет можно уничтожить'),
    replaces: Uuid.nullable(),
    supersededBy: Uuid.nullable(),
    acceptedAt: Instant.nullable(),
    acceptedBy: Uuid.nullable(),
    signatures: z
      .array(
        z.strictObject({
          at: Instant,
          account: Uuid,
          role: Role,
          checked: z
            .enum(['verified', 'not-checked'])
            .describe('not-checked — алгоритм здесь не проверяется'),
          revocation: Revocation.describe(
            'Отозван ли был сертификат: not-checked — нет действующего списка его центра',
          ),
          certificate: z.string().describe('SHA-256 сертификата'),
          cms: z.string().describe('Подпись описи без сертификата, DER в base64'),
        }),
      )
      .describe('Подписи людей под описью пакета, внесённые в реестр'),
    act: z.string().nullable(),
    verifiedAt: Instant.nullable(),
    verified: z.enum(['verified', 'failed', 'missing', 'not-anchored']).nullable(),
    verifiedDetail: z.string().nullable(),
    destructionApprovedAt: Instant.nullable(),
    destroyedOn: LocalDate.nullable(),
    destructionAct: z.string().nullable(),
    voidSince: z
      .array(z.strictObject({ incident: Uuid, operations: z.int() }))
      .describe('Содержит операции, лишённые силы после того, как пакет запечатан: нужен новый пакет'),
    changedSince: z
      .boolean()
      .describe('На страницах пакета есть записи после него: страницу открывали вновь или подписали'),
  })
  .meta({ id: 'ArchivePackage' })

export const JobReply = z
  .strictObject({
    job: Uuid,
    work: z.enum(['make', 'verify']),
    package: Uuid,
    state: z.enum(['running', 'finished', 'failed']),
    phase: z.string().describe('Для пакета: reading, printing готово/всего, sealing, waiting, writing'),
    asked: Instant,
    finished: Instant.nullable(),
    problem: z.string().nullable(),
    facts: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'ArchiveJob' })

export function shownJob({ id, work, package: of, phase, asked, finished, problem, facts }: ArchiveJob) {
  const state = finished === null ? 'running' : problem === null ? 'finished' : 'failed'
  return { job: id, work, package: of, state, phase, asked, finished, problem, facts }
}

function stateOf(entry: PackageEntry): z.output<typeof PackageReply>['state'] {
  if (entry.destroyed_on !== null) return 'destroyed'
  if (entry.issued_at === null) return 'sealed'
  if (entry.superseded_by !== null) return 'superseded'
  return entry.accepted_at === null ? 'not-transferred' : 'accepted'
}

/** Packages as the register shows them, with what became of their content since. */
async function shownAll(
  asked: Asked<unknown>,
  entries: readonly PackageEntry[],
): Promise<Array<z.output<typeof PackageReply>>> {
  const { parts, school } = asked
  const there = entries.filter((entry) => entry.issued_at !== null && entry.destroyed_on === null)
  const lost = await lostOf(asked, there)
  const known = there.length === 0 ? new Map<string, number>() : await knownRevisions(parts.database, school)
  return entries.map((entry) => {
    const byIncident = Map.groupBy(lost.get(entry.package) ?? [], ({ incident }) => incident)
    const changed = Object.entries(entry.revisions).some(([of, revision]) => (known.get(of) ?? -1) > revision)
    return {
      ...shown(entry),
      voidSince: [...byIncident].map(([incident, operations]) => ({
        incident,
        operations: operations.length,
      })),
      changedSince: there.includes(entry) && changed,
    }
  })
}

function shown(entry: PackageEntry): Omit<z.output<typeof PackageReply>, 'voidSince' | 'changedSince'> {
  return {
    package: entry.package,
    scope: entry.scope,
    year: entry.year,
    state: stateOf(entry),
    sealedAt: entry.sealed_at,
    sealedBy: entry.sealed_by,
    issuedAt: entry.issued_at,
    sha512: entry.sha512,
    tagmanifestSha512: entry.tagmanifest_sha512,
    bytes: entry.bytes,
    checkpoint: entry.checkpoint,
    yearsKept: yearsKept(entry.scope),
    retainUntil: entry.retain_until,
    replaces: entry.replaces,
    supersededBy: entry.superseded_by,
    acceptedAt: entry.accepted_at,
    acceptedBy: entry.accepted_by,
    signatures: entry.signatures.map(({ by, ...signed }) => ({ ...signed, account: by })),
    act: entry.act,
    verifiedAt: entry.verified_at,
    verified: entry.verified as never,
    verifiedDetail: entry.verified_detail,
    destructionApprovedAt: entry.approved_at,
    destroyedOn: entry.destroyed_on,
    destructionAct: entry.destruction_act,
  }
}

/** The register of the archive: what lies there, for how long, and what was not transferred yet. */
export const packageRegister = defineView({
  name: 'package-register',
  path: 'packages',
  summary: 'Реестр архивных пакетов: сроки хранения, проверки, что ещё не передано',
  tag,
  operation: '35',
  input: z.strictObject({ year: z.coerce.number().pipe(SchoolYear).optional() }),
  reply: z.strictObject({ packages: z.array(PackageReply) }),
  async answer(asked) {
    const { school, parts, input } = asked
    const found = await packages(parts.database, school, input.year ?? null)
    return { body: { packages: await shownAll(asked, found) } }
  },
})

export const packageInRegister = defineView({
  name: 'package-in-register',
  path: 'packages/:package',
  summary: 'Архивный пакет в реестре',
  tag,
  operation: '35',
  input: z.strictObject({ package: Uuid }),
  reply: PackageReply,
  async answer(asked) {
    const { school, parts, input } = asked
    const found = await packageEntry(parts.database, school, input.package)
    if (found === undefined) throw new ProblemError('package-unknown', input)
    const [body] = await shownAll(asked, [found])
    return { body: body! }
  },
})

/** How work of the archive goes: a package that is made, a check. */
export const packageJob = defineView({
  name: 'package-job',
  path: 'package-jobs/:job',
  summary: 'Ход работы архива: пакет или проверка',
  tag,
  operation: '36',
  readsNoModel: true,
  input: z.strictObject({ job: Uuid }),
  reply: JobReply,
  async answer({ school, parts, input }) {
    const found = await parts.packages?.job(school, input.job)
    if (found === undefined) throw new ProblemError('package-unknown', input)
    return { body: shownJob(found) }
  },
})

/** The print set of a year: from which packages it is printed, and whether it was registered (R-3.4c). */
export const printSetOfYear = defineView({
  name: 'print-set-of-year',
  path: 'print-sets/:year',
  summary: 'Печатный комплект за учебный год: опись, срок, регистрация',
  tag,
  operation: '33',
  input: z.strictObject({ year: z.coerce.number().pipe(SchoolYear) }),
  reply: z.strictObject({
    year: SchoolYear,
    dueAt: Instant.describe('До конца 30 июня'),
    overdue: z.boolean(),
    inventory: z.array(PackageReply).describe('Пакеты классов и ведомостей, из которых печатают'),
    registered: z
      .strictObject({
        at: Instant,
        printed: LocalDate,
        volumes: z.int(),
        sheets: z.int(),
        packages: z.array(Uuid),
        signedBy: Uuid,
      })
      .nullable(),
  }),
  async answer(asked) {
    const { school, parts, input } = asked
    const { year } = input
    const all = await packages(parts.database, school, year)
    const inventory = all.filter(
      (entry) =>
        ['class-year', 'summary'].includes(entry.scope.kind) &&
        ['not-transferred', 'accepted'].includes(stateOf(entry)),
    )
    const [found] = await printSet(parts.database, school, year)
    const dueAt = printSetDue(year, parts.zone)
    const late = (found?.registered_at ?? parts.execution.clock()) > dueAt
    return {
      body: {
        year,
        dueAt,
        overdue: found === undefined && late,
        inventory: await shownAll(asked, inventory),
        registered:
          found === undefined
            ? null
            : {
                at: found.registered_at,
                printed: found.printed,
                volumes: found.volumes,
                sheets: found.sheets,
                packages: found.packages,
                signedBy: found.signed_by,
              },
      },
    }
  },
})
