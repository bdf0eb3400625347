import { resolve } from 'node:path'
import { z } from 'zod'
import '#values/russian.ts'
import { TimeZone } from '#values/time.ts'

/** What the environment says. Every mistake is named at once, before anything is opened. */
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const given = z.string().min(1, 'пусто: уберите переменную или дайте ей значение')

const whole = (least: number, most: number, what: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: what, abort: true })
    .transform(Number)
    .refine((number) => number >= least && number <= most, what)

const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'адрес вида postgres://пользователь@узел:5432/база',
})

const Environment = z.object({
  LETOPIS_DATA: given.default('./data'),
  LETOPIS_HOST: given.default('127.0.0.1'),
  LETOPIS_PORT: whole(0, 65_535, 'порт — целое число от 0 до 65535').default(8080),
  LETOPIS_ZONE: TimeZone.default(TimeZone.parse('Asia/Tomsk')),
  LETOPIS_LOG_LEVEL: z.enum(LEVELS, `одно из: ${LEVELS.join(', ')}`).default('info'),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_OWNER_URL: postgresUrl.optional(),
  DATABASE_POOL: whole(2, 200, 'соединений — целое число от 2 до 200').default(10),
  DATABASE_STATEMENT_SECONDS: whole(1, 3_600, 'секунд — целое число от 1 до 3600').default(30),
  EVENTSTORE_URL: z
    .string()
    .regex(/^(esdb|kurrentdb)(\+discover)?:\/\/\S+$/, 'адрес вида esdb://пользователь:пароль@узел:2113')
    .optional(),
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\/\S+$/, 'адрес вида nats://узел:4222; несколько — через запятую')
    .optional(),
  NATS_CREDS: given.optional(),
  NATS_REPLICAS: whole(1, 5, 'копий потока — от 1 до 5').default(1),
  LETOPIS_BACKUP_DIR: given.optional(),
  LETOPIS_BACKUP_AT: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'время суток вида 02:30')
    .default('02:30'),
  LETOPIS_BACKUP_DAYS: whole(1, 3_650, 'дней — целое число от 1 до 3650').default(30),
  LETOPIS_BACKUP_KEY_FILE: given.optional(),
  LETOPIS_CHECK_AT: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'время суток вида 03:30')
    .default('03:30'),
  LETOPIS_CHECK_RECORDS: whole(1_000, 999_999_999, 'записей — целое число от 1000').default(2_000_000),
  LETOPIS_OIDC_ISSUER: z
    .string()
    .regex(
      /^(https:\/\/\S+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/\S*)?)$/,
      'адрес вида https://вход.example.org, как в iss издателя',
    )
    .optional(),
  LETOPIS_OIDC_CLIENT_ID: given.optional(),
  LETOPIS_OIDC_CLIENT_SECRET_FILE: given.optional(),
  LETOPIS_OIDC_REDIRECT_URL: z
    .url({ protocol: /^https?$/, error: 'адрес страницы вида https://дневник.example.org/вход' })
    .optional(),
  LETOPIS_OIDC_CLAIM: given.default('sub'),
  LETOPIS_READS_DAYS: whole(30, 3_650, 'дней — целое число от 30 до 3650').default(1_095),
  LETOPIS_SEAL_DIR: given.optional(),
  LETOPIS_ARCHIVE_DIR: given.optional(),
  LETOPIS_ARCHIVE_VERIFY_DAYS: whole(1, 366, 'дней — целое число от 1 до 366').default(30),
  LETOPIS_SIGNATURE_CA_DIR: given.optional(),
  // It is started in a folder of its own, so that a path from here would lead elsewhere.
  LETOPIS_OPENSSL: z
    .string()
    .regex(/^(\/\S+|[\w.-]+)$/, 'имя программы или полный путь к ней: openssl, /usr/bin/openssl')
    .default('openssl'),
  LETOPIS_WITNESSES_FILE: given.optional(),
  LETOPIS_SMTP_URL: z
    .string()
    .refine(
      (url) => /^smtps?:\/\/\S+$/.test(url) && URL.canParse(url),
      'адрес вида smtps://имя:пароль@почта.example.org:465',
    )
    .optional(),
  LETOPIS_MAIL_FROM: z.email({ error: 'адрес почты вида school@example.org' }).optional(),
  LETOPIS_SMS_URL: z
    .string()
    .regex(
      /^(https:\/\/\S+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/\S*)?)$/,
      'адрес вида https://sms.example.org/messages',
    )
    .optional(),
  LETOPIS_SMS_TOKEN_FILE: given.optional(),
  LETOPIS_DIARY_URL: z
    .url({ protocol: /^https?$/, error: 'адрес дневника вида https://дневник.example.org' })
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'адрес вида http://узел:4318' })
    .optional(),
})

/** What one variable asks of another: said beside the mistakes of each by itself. */
function mistakesBetween(environment: Readonly<Record<string, string | undefined>>): string[] {
  const needs = 'нужен рядом с'
  const without = environment['LETOPIS_OIDC_ISSUER'] === undefined
  const ofIssuer = ['LETOPIS_OIDC_CLIENT_ID', 'LETOPIS_OIDC_REDIRECT_URL']
    .filter((name) => !without && environment[name] === undefined)
    .map((name) => `  ${name}: ${needs} LETOPIS_OIDC_ISSUER`)
  const ofSeal =
    environment['LETOPIS_WITNESSES_FILE'] === undefined || environment['LETOPIS_SEAL_DIR'] !== undefined
      ? []
      : [`  LETOPIS_SEAL_DIR: ${needs} LETOPIS_WITNESSES_FILE: свидетели подписывают печать`]
  const ofMail = (
    [
      ['LETOPIS_SMTP_URL', 'LETOPIS_MAIL_FROM'],
      ['LETOPIS_MAIL_FROM', 'LETOPIS_SMTP_URL'],
      ['LETOPIS_SMS_TOKEN_FILE', 'LETOPIS_SMS_URL'],
    ] as const
  )
    .filter(([one, other]) => environment[one] !== undefined && environment[other] === undefined)
    .map(([one, other]) => `  ${other}: ${needs} ${one}`)
  const between = [...ofIssuer, ...ofSeal, ...ofMail]
  if (environment['DATABASE_URL'] !== undefined) return between
  return [
    ...between,
    ...(environment['EVENTSTORE_URL'] === undefined
      ? []
      : [`  DATABASE_URL: ${needs} EVENTSTORE_URL: в базе хранятся представления и имена`]),
    ...(environment['DATABASE_OWNER_URL'] === undefined
      ? []
      : [`  DATABASE_URL: ${needs} DATABASE_OWNER_URL: это одна база, открытая с правами разных ролей`]),
  ]
}

export interface Config {
  /** The folder of keys and, in the embedded setting, of the database. */
  readonly data: string
  readonly host: string
  readonly port: number
  /** The calendar by which roles begin and end. */
  readonly zone: TimeZone
  readonly logLevel: string
  /** A PostgreSQL server; undefined is the embedded setting. */
  readonly databaseUrl: string | undefined
  /** The same database as its owner, who may change tables; undefined where `databaseUrl` is the owner. */
  readonly databaseOwnerUrl: string | undefined
  /** Connections to the database, at most, for a process. */
  readonly databasePool: number
  /** How long a statement of the database may take, in seconds. */
  readonly statementSeconds: number
  /** The log in EventStoreDB; undefined where it stands in the database. */
  readonly eventStoreUrl: string | undefined
  /** For how many days the register of reads keeps who read what of whom. */
  readonly readDays: number
  readonly nats: Nats | undefined
  readonly backup: Backup | undefined
  /** When every day the record and the read models are checked, and how many records a night may have. */
  readonly check: { readonly at: string; readonly records: number }
  /** An external issuer of OpenID Connect; undefined where people come in by their own log-ins alone. */
  readonly oidc: Oidc | undefined
  /** The folder of the signing key of the log and of what was signed last; undefined is not to seal. */
  readonly seal: string | undefined
  /** The folder of the packages of the archive, and after how many days each is checked again; undefined is no archive. */
  readonly archive: { readonly folder: string; readonly verifyDays: number } | undefined
  /** The folder of the certification authorities whose signatures are trusted; undefined is none. */
  readonly signatureAuthorities: string | undefined
  /** The program that checks signatures by Russian algorithms, where it has them. */
  readonly openssl: string
  /** A file that names the witnesses of the log; undefined asks none. */
  readonly witnesses: string | undefined
  /** By what messages are delivered to parents; without both, they stand in the diary alone. */
  readonly delivery: Delivery
  /** Where traces go (OTLP over HTTP); undefined is nowhere. */
  readonly traces: string | undefined
}

export interface Delivery {
  readonly smtp: Smtp | undefined
  readonly sms: Sms | undefined
  /** Where the diary is, for the letters that lead to it. */
  readonly diary: string | undefined
}

export interface Smtp {
  readonly url: string
  /** The address of the sender. */
  readonly from: string
}

export interface Sms {
  readonly url: string
  /** A file with the token of the gateway. */
  readonly tokenFile: string | undefined
}

export interface Nats {
  readonly servers: readonly string[]
  /** A file of NATS credentials. */
  readonly credentials: string | undefined
  /** How many servers keep the stream. */
  readonly replicas: number
}

export interface Oidc {
  readonly issuer: string
  readonly clientId: string
  /** A file with the secret of the client; undefined for a public client. */
  readonly secretFile: string | undefined
  readonly redirect: string
  readonly claim: string
}

export interface Backup {
  readonly folder: string
  /** The time of day, `HH:MM` in the zone of the installation. */
  readonly at: string
  /** For how many days a copy is kept. */
  readonly days: number
  /** A file with the key by which copies are encrypted. */
  readonly keyFile: string | undefined
}

/** The environment is not what Letopis needs. The message lists every mistake. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
}

/** @throws {BadConfig} */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment)
  const mistakes = [
    ...(parsed.error?.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`) ?? []),
    ...mistakesBetween(environment),
  ]
  if (!parsed.success || mistakes.length > 0) {
    throw new BadConfig(`Настройки окружения неверны:\n${mistakes.join('\n')}`)
  }
  const from = parsed.data
  return {
    data: resolve(from.LETOPIS_DATA),
    host: from.LETOPIS_HOST,
    port: from.LETOPIS_PORT,
    zone: from.LETOPIS_ZONE,
    logLevel: from.LETOPIS_LOG_LEVEL,
    databaseUrl: from.DATABASE_URL,
    databaseOwnerUrl: from.DATABASE_OWNER_URL,
    databasePool: from.DATABASE_POOL,
    statementSeconds: from.DATABASE_STATEMENT_SECONDS,
    eventStoreUrl: from.EVENTSTORE_URL,
    readDays: from.LETOPIS_READS_DAYS,
    nats:
      from.NATS_URL === undefined
        ? undefined
        : {
            servers: from.NATS_URL.split(','),
            credentials: from.NATS_CREDS,
            replicas: from.NATS_REPLICAS,
          },
    backup:
      from.LETOPIS_BACKUP_DIR === undefined
        ? undefined
        : {
            folder: resolve(from.LETOPIS_BACKUP_DIR),
            at: from.LETOPIS_BACKUP_AT,
            days: from.LETOPIS_BACKUP_DAYS,
            keyFile: from.LETOPIS_BACKUP_KEY_FILE,
          },
    check: { at: from.LETOPIS_CHECK_AT, records: from.LETOPIS_CHECK_RECORDS },
    oidc:
      from.LETOPIS_OIDC_ISSUER === undefined
        ? undefined
        : {
            issuer: from.LETOPIS_OIDC_ISSUER,
            clientId: from.LETOPIS_OIDC_CLIENT_ID!,
            secretFile: from.LETOPIS_OIDC_CLIENT_SECRET_FILE,
            redirect: from.LETOPIS_OIDC_REDIRECT_URL!,
            claim: from.LETOPIS_OIDC_CLAIM,
          },
    seal: from.LETOPIS_SEAL_DIR === undefined ? undefined : resolve(from.LETOPIS_SEAL_DIR),
    archive:
      from.LETOPIS_ARCHIVE_DIR === undefined
        ? undefined
        : { folder: resolve(from.LETOPIS_ARCHIVE_DIR), verifyDays: from.LETOPIS_ARCHIVE_VERIFY_DAYS },
    signatureAuthorities:
      from.LETOPIS_SIGNATURE_CA_DIR === undefined ? undefined : resolve(from.LETOPIS_SIGNATURE_CA_DIR),
    openssl: from.LETOPIS_OPENSSL,
    witnesses: from.LETOPIS_WITNESSES_FILE === undefined ? undefined : resolve(from.LETOPIS_WITNESSES_FILE),
    delivery: {
      smtp:
        from.LETOPIS_SMTP_URL === undefined
          ? undefined
          : { url: from.LETOPIS_SMTP_URL, from: from.LETOPIS_MAIL_FROM! },
      sms:
        from.LETOPIS_SMS_URL === undefined
          ? undefined
          : { url: from.LETOPIS_SMS_URL, tokenFile: from.LETOPIS_SMS_TOKEN_FILE },
      diary: from.LETOPIS_DIARY_URL,
    },
    traces: from.OTEL_EXPORTER_OTLP_ENDPOINT,
  }
}
