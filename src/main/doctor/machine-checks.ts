import { execFile } from 'node:child_process'
import { accessSync, constants, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Backup, Config } from '../config.ts'
import { makeFolder } from '../folder.ts'
import type { CopiesSource } from '../metric-sources.ts'
import { gostVersion } from '../openssl-gost.ts'
import { bad, type Check, check, daysSince, good, mind, type Verdict } from './check.ts'
import type { Probes } from './probes.ts'

const GIB = 1_073_741_824

/** A disk with less than this, in bytes, may be full before anybody looks again. */
const LEAST_SPACE = GIB / 2
const LITTLE_SPACE = 5 * GIB

/** Days after which the key of the tokens should be another one. */
const KEY_DAYS = 365

/** Every day there is a copy (R-A3.4b): one that is older than this, in hours, is late. */
const COPY_HOURS = 26
/** Restoring is rehearsed every month. */
const DRILL_DAYS = 31

/** Folders, keys and the clock of this machine. */
export async function machineChecks(config: Config, probes: Probes, now: number): Promise<Check[]> {
  const { data, backup, nats, signatureAuthorities, openssl } = config
  const folder = await check('Папка данных', () => writable(data))
  if (folder.state === 'bad') return [folder]
  const tokenKey = join(data, 'keys', 'access-token.pem')
  return [
    folder,
    await check('Место на диске данных', () => spaceOf(data)),
    await check('Ключ токенов', () => tokenKeyVerdict(tokenKey, now)),
    await check('Часы машины', machineClock),
    ...(nats?.credentials === undefined
      ? []
      : [await check('Ключ NATS', () => secretFile(nats.credentials!))]),
    ...(signatureAuthorities === undefined
      ? []
      : [await check('Подписи по ГОСТ', async () => gostVerdict(await gostVersion(openssl), openssl))]),
    ...(backup === undefined ? [] : await backupChecks(backup, data, probes, now)),
  ]
}

async function backupChecks(backup: Backup, data: string, { copies }: Probes, now: number): Promise<Check[]> {
  const folder = await check('Папка резервных копий', () => separate(backup.folder, data))
  const key =
    backup.keyFile === undefined
      ? bad(
          'не задан',
          'Копии шифруются: openssl rand -hex 32 > файл, путь к нему — в LETOPIS_BACKUP_KEY_FILE.',
        )
      : null
  const checks = [
    folder,
    await check('Ключ копий', () => key ?? secretFile(backup.keyFile!)),
    ...(folder.state === 'bad' ? [] : [await check('Место на диске копий', () => spaceOf(backup.folder))]),
  ]
  if (copies === undefined || folder.state === 'bad') return checks
  const source: CopiesSource = copies(backup)
  return [
    ...checks,
    await check('Последняя копия', async () => copyVerdict((await source.lastCopy())?.at ?? null, now)),
    await check('Учебное восстановление', async () => drillVerdict(await source.lastDrill(), now)),
  ]
}

function writable(folder: string): Verdict {
  makeFolder(folder)
  const probe = join(folder, `.probe-${process.pid}`)
  writeFileSync(probe, 'ok')
  rmSync(probe)
  accessSync(folder, constants.W_OK)
  return good(folder)
}

function separate(folder: string, data: string): Verdict {
  writable(folder)
  return statSync(folder).dev === statSync(data).dev
    ? mind(
        `${folder}, на одном диске с данными`,
        'Держите копии на другом диске: один отказ не должен унести и то и другое.',
      )
    : good(folder)
}

function spaceOf(folder: string): Verdict {
  const { bavail, blocks, bsize } = statfsSync(folder)
  return spaceVerdict(bavail * bsize, blocks * bsize)
}

/** @param free and `total` bytes */
export function spaceVerdict(free: number, total: number): Verdict {
  const found = `свободно ${(free / GIB).toFixed(1)} из ${(total / GIB).toFixed(1)} ГиБ`
  const advice = 'Освободите место или расширьте диск: docs/runbooks/disk-full.md.'
  if (free < LEAST_SPACE) return bad(found, advice)
  return free < LITTLE_SPACE ? mind(found, advice) : good(found)
}

function tokenKeyVerdict(file: string, now: number): Verdict {
  const found = modeAndAge(file)
  if (found === null) return good('будет создан при первом запуске')
  const readable = openToOthers(file, found.mode)
  if (readable !== null) return readable
  const days = daysSince(found.changed, now)
  return days > KEY_DAYS
    ? mind(`${days} дней`, 'Смените ключ: letopis keys rotate-tokens. Службу останавливать не нужно.')
    : good(`${days} дней, читает только владелец`)
}

function secretFile(file: string): Verdict {
  const found = modeAndAge(file)
  if (found === null)
    return bad(`нет файла ${file}`, 'Положите ключ на место или поправьте путь в настройках.')
  return openToOthers(file, found.mode) ?? good(`${file}, читает только владелец`)
}

function openToOthers(file: string, mode: number): Verdict | null {
  return (mode & 0o077) === 0
    ? null
    : bad(`${file}: права ${(mode & 0o777).toString(8)}`, `Ключ могут прочитать другие: chmod 600 ${file}`)
}

function modeAndAge(file: string): { mode: number; changed: number } | null {
  try {
    const { mode, mtimeMs } = statSync(file)
    return { mode, changed: mtimeMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function machineClock(): Promise<Verdict> {
  const show = ['show', '--property=NTPSynchronized', '--value']
  const answer = await promisify(execFile)('timedatectl', show, { timeout: 2_000 }).catch(() => null)
  return clockVerdict(answer?.stdout.trim() ?? null, new Date().toISOString())
}

/** @param synchronized `yes` or `no`, as systemd says; null where nobody does, as in a container */
export function clockVerdict(synchronized: string | null, now: string): Verdict {
  if (synchronized === 'yes') return good(`${now}, сверяются по NTP`)
  return synchronized === 'no'
    ? mind(`${now}, не сверяются`, 'Включите NTP (timedatectl set-ntp true): сроки считаются по этим часам.')
    : good(`${now}; сверяет ли их NTP, отсюда не видно`)
}

/** @param version of the program that checks them; null where it is not here, or has no engine for them */
export function gostVerdict(version: string | null, program: string): Verdict {
  return version === null
    ? mind(
        `${program} их не проверяет: страницы с ними остаются с отметкой «здесь не проверена»`,
        'Поставьте openssl с модулем gost (Debian: apt install openssl libengine-gost-openssl) или назовите программу в LETOPIS_OPENSSL: docs/runbooks/page-signatures.md.',
      )
    : good(`проверяет ${version}`)
}

/** @param at the newest good copy; null before the first */
export function copyVerdict(at: string | null, now: number): Verdict {
  const advice = 'Снимите копию сейчас и проверьте расписание: docs/runbooks/backup.md.'
  if (at === null) return bad('ещё ни одной', advice)
  const hours = Math.floor((now - Date.parse(at)) / 3_600_000)
  return hours >= COPY_HOURS ? bad(`${at}, ${hours} ч назад`, advice) : good(`${at}, ${hours} ч назад`)
}

export function drillVerdict(drill: { at: string; passed: boolean } | null, now: number): Verdict {
  const advice = 'Проведите учебное восстановление: docs/runbooks/backup.md.'
  if (drill === null) return mind('ещё ни одного', advice)
  const days = daysSince(Date.parse(drill.at), now)
  if (!drill.passed) return bad(`${drill.at}: не удалось`, advice)
  return days > DRILL_DAYS ? mind(`${days} дней назад`, advice) : good(`${days} дней назад`)
}
