import { FileRefused } from './file-refused.ts'

export const ENCODINGS = ['utf-8', 'windows-1251'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** From so large a share of its letters on, a text that is not UTF-8 is taken for Windows-1251. */
const MOSTLY = 0.9

/**
 * The text of a file. UTF-8, with the mark by which Excel knows it or without; Windows-1251 only where somebody said so,
 * because a wrong guess would put unreadable names into the person store without anybody noticing.
 *
 * @throws {FileRefused} `csv-windows-1251`, `csv-encoding-unknown`
 */
export function decodeText(bytes: Uint8Array, said?: Encoding): string {
  if (said === 'windows-1251') return new TextDecoder('windows-1251').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FileRefused(looksLikeWindows1251(bytes) ? 'csv-windows-1251' : 'csv-encoding-unknown')
  }
}

/** Russian letters stand at 0xC0 to 0xFF, capitals first; KOI8-R has them the other way round, CP866 elsewhere. */
function looksLikeWindows1251(bytes: Uint8Array): boolean {
  // What Excel calls Unicode text has a zero in every Latin letter.
  if (bytes.includes(0)) return false
  let [high, capitals, small] = [0, 0, 0]
  for (const byte of bytes) {
    if (byte < 0x80) continue
    high += 1
    if (byte >= 0xe0 || byte === 0xb8) small += 1
    else if (byte >= 0xc0 || byte === 0xa8) capitals += 1
  }
  return (capitals + small) / high >= MOSTLY && small > capitals
}
