import { resolve } from 'node:path'
import { z } from 'zod'
import '#values/russian.ts'
import { TimeZone } from '#values/time.ts'

/** What the environment says. Every mistake is named at once, before anything is opened. */
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const given = z.string().min(1, 'пусто: уберите переменную или дайте ей значение')

const Environment = z.object({
  LETOPIS_DATA: given.default('./data'),
  LETOPIS_HOST: given.default('127.0.0.1'),
  LETOPIS_PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'порт — целое число от 0 до 65535', abort: true })
    .transform(Number)
    .refine((port) => port <= 65_535, 'порт — целое число от 0 до 65535')
    .default(8080),
  LETOPIS_ZONE: TimeZone.default(TimeZone.parse('Asia/Tomsk')),
  LETOPIS_LOG_LEVEL: z.enum(LEVELS, `одно из: ${LEVELS.join(', ')}`).default('info'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'адрес вида postgres://пользователь@узел:5432/база' })
    .optional(),
})

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
}

/** The environment is not what Letopis needs. The message lists every mistake. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
}

/** @throws {BadConfig} */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
    throw new BadConfig(`Настройки окружения неверны:\n${mistakes.join('\n')}`)
  }
  const { LETOPIS_DATA, LETOPIS_HOST, LETOPIS_PORT, LETOPIS_ZONE, LETOPIS_LOG_LEVEL, DATABASE_URL } =
    parsed.data
  return {
    data: resolve(LETOPIS_DATA),
    host: LETOPIS_HOST,
    port: LETOPIS_PORT,
    zone: LETOPIS_ZONE,
    logLevel: LETOPIS_LOG_LEVEL,
    databaseUrl: DATABASE_URL,
  }
}
