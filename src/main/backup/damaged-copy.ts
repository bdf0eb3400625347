import { Discrepancy } from '../discrepancy.ts'

/** A file of a backup is not as it was written. */
export class DamagedCopy extends Discrepancy {
  readonly file: string

  constructor(file: string, what: string, options?: ErrorOptions) {
    super(`Копия повреждена: ${file}: ${what}.`, options)
    this.file = file
  }
}

/** A file that is not there, or cannot be read, is damage; a folder that may not be read is an obstacle. */
export function unreadable(file: string, error: unknown): unknown {
  const what = UNREADABLE[(error as NodeJS.ErrnoException).code ?? '']
  return what === undefined ? error : new DamagedCopy(file, what, { cause: error })
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'файла нет',
  EIO: 'файл не читается',
  EISDIR: 'это папка, а не файл',
  ELOOP: 'это ссылка, а не файл',
}
