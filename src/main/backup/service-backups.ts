import type { ProjectorLog } from '#projections/projector.ts'
import { systemClock } from '#values/time.ts'
import type { Config } from '../config.ts'
import { Obstacle } from '../explain.ts'
import type { Installation } from '../installation.ts'
import { SOFTWARE } from '../software.ts'
import { readBackupKey } from './backup-key-file.ts'
import { BackupDesk } from './backup-desk.ts'
import { BackupSchedule } from './backup-schedule.ts'
import { sourceOf } from './source.ts'

export interface ServiceBackups {
  readonly desk: BackupDesk
  readonly schedule: BackupSchedule
}

/**
 * The backups of a running service; null where no folder for them is configured. The schedule is not started: exactly
 * one process of an installation does that.
 *
 * @throws {Obstacle} there is a folder and no key: copies hold personal data, and a service has nobody to ask (R-A1.s1)
 */
export function serviceBackups(
  { backup, zone, eventStoreUrl }: Config,
  installation: Installation,
  log: ProjectorLog,
): ServiceBackups | null {
  if (backup === undefined) return null
  if (backup.keyFile === undefined) {
    throw new Obstacle(
      'Для копий в LETOPIS_BACKUP_DIR нужен ключ шифрования: LETOPIS_BACKUP_KEY_FILE. Сделать ключ: openssl rand -hex 32 > файл',
    )
  }
  const key = readBackupKey(backup.keyFile)
  const making = {
    source: sourceOf(installation, eventStoreUrl),
    clock: systemClock,
    software: SOFTWARE,
    key,
  }
  const desk = new BackupDesk(backup.folder, making, { days: backup.days, zone }, log)
  return { desk, schedule: new BackupSchedule(desk, { at: backup.at, zone, clock: systemClock }) }
}
