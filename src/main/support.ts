import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { isRefusal, type Reason } from '#commands/refusal.ts'
import { deliverExport } from '#commands/support/deliver-export.ts'
import { type VerifiedPackage, verifyPackage } from '#integrity/archive/verify-package.ts'
import type { Trust } from '#integrity/trust.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Report } from './cli/call.ts'
import { Obstacle } from './explain.ts'
import type { Installation } from './installation.ts'
import { operatorOf } from './school.ts'
import { named } from './verifying-packages.ts'

export interface HandingOver {
  readonly school: SchoolSlug
  /** The ticket about the export that failed. */
  readonly ticket: Uuid
  /** The package that is handed over, as a file. */
  readonly file: string
  readonly trust: Trust
}

/**
 * Hands a package over in the place of an export that failed, and closes the ticket with it (R-A3.4d): only one that was
 * verified whole, as `letopis verify package` does, and that is of this school.
 *
 * @throws {Obstacle} it is of another school, nobody who is trusted vouches for it, or the ticket is none of the kind
 * @throws {PackageDiffers} {@link BadSignature} {@link Malformed} it is not what was sealed
 */
export async function handOver(
  { execution }: Pick<Installation, 'execution'>,
  { school, ticket, file, trust }: HandingOver,
): Promise<Report> {
  const found = verified(file, trust)
  if (found.school !== school) throw new Obstacle('Это пакет другой школы: передать его нельзя.')
  const { sha512, bytes } = await digestOf(file)
  const { bag, records, origin, size } = found
  const delivery = {
    kind: 'package',
    package: bag as Uuid,
    sha512,
    bytes,
    records,
    result: 'verified',
    origin,
    size,
  } as const
  const outcome = await operatorOf(execution, school).give(deliverExport, { ticket, delivery })
  if (isRefusal(outcome)) throw new Obstacle(WHY[outcome.refused] ?? `Отказано: ${outcome.refused}.`)
  return {
    lines: [
      `Обращение ${ticket} закрыто: пакет ${bag} проверен и передан, записей ${records}.`,
      `SHA-512: ${sha512}`,
      'Получатель сверяет файл: sha512sum и letopis verify package.',
    ],
    json: { school, ticket, delivery },
  }
}

const WHY: Partial<Record<Reason, string>> = {
  'ticket-unknown': 'Такого обращения в поддержку нет.',
  'ticket-closed': 'Обращение уже закрыто.',
  'ticket-not-of-export': 'Это обращение не о неудавшейся выгрузке.',
}

function verified(file: string, trust: Trust): VerifiedPackage {
  if (!statSync(file).isFile()) throw new Obstacle('Передают файл пакета, а не распакованную папку.')
  const found = named(() => verifyPackage(file, trust))
  if (!found.anchored || !found.signed)
    throw new Obstacle('За пакет не ручается никто, кому верят: передать его нельзя.')
  return found
}

async function digestOf(file: string): Promise<{ sha512: string; bytes: number }> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  return { sha512: hash.digest('hex'), bytes: statSync(file).size }
}
