import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { parsePosition } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { SchoolSlug } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { type BackupKey, derived } from './backup-key.ts'

/** The version of the form of a backup. Another one is another program's matter: docs/spec/backup.md. */
const VERSION = 3
/** Names stood in clear in 1, and 2 knew of no checkpoint; they are read, and not written any more. */
const BEFORE = [1, 2] as const

/** What a file of a copy holds. */
export const KINDS = ['events', 'heads', 'names', 'credentials'] as const
export type Kind = (typeof KINDS)[number]

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const Count = z.int().min(0)
const PositionText = z.string().refine((text) => parsePosition(text) !== null)

/** `events-000042-000000000001.ndjson.gz`: the copy that made it, and for events the number of its first one. */
const FILE_NAME = /^(events|heads|names|credentials)-(\d{6,})(-\d{12,})?\.(ndjson|txt)\.gz(\.sealed)?$/

const StoredFile = z.strictObject({
  name: z.string().regex(FILE_NAME),
  kind: z.enum(KINDS),
  /** As it lies there: bytes, and their SHA-256. */
  bytes: Count,
  sha256: Sha256,
  lines: Count,
  /** Bytes of the text in it. */
  text: Count,
})
export type StoredFile = z.infer<typeof StoredFile>

const LastEvent = z.strictObject({
  position: PositionText,
  /** The position of the event before it: who reads on after it meets the last one. */
  before: PositionText.nullable(),
  stream: z.string().transform((name) => name as StreamName),
  rev: Count,
  hash: z.string().length(44),
})
export type LastEvent = z.infer<typeof LastEvent>

const Body = z.strictObject({
  format: z.literal('letopis-backup'),
  version: z.literal([VERSION, ...BEFORE]),
  copy: z.int().min(1),
  at: Instant,
  software: z.string(),
  /** The engine of the log, in whose terms positions are. */
  engine: z.string(),
  /** Null is the whole log; otherwise the events of one school, of a period by record time or of all. */
  export: z
    .strictObject({ school: SchoolSlug, since: Instant.nullable(), until: Instant.nullable() })
    .nullable(),
  events: Count,
  firstPosition: PositionText.nullable(),
  last: LastEvent.nullable(),
  streams: Count,
  headsDigest: Sha256,
  /** The newest signed checkpoint that the copy reaches, as it was signed; null where nothing was signed, or of an export. */
  checkpoint: z.string().max(16_384).nullable().optional(),
  /** The id of the key by which the files are encrypted; null where they are not. */
  key: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  /** Events in order, in as many files as they need; of each other kind one. */
  files: z
    .array(StoredFile)
    .refine((files) => KINDS.every((kind) => kind === 'events' || filesOf({ files }, kind).length === 1)),
})
export type ManifestBody = z.infer<typeof Body>

const Manifest = Body.extend({ mac: Sha256.nullable() })

/** One copy: what it holds, in which files, and by what they are known. */
export type Manifest = z.infer<typeof Manifest>

/** The text is no manifest, or not one that this release reads. */
export class NotAManifest extends Error {
  override readonly name = 'NotAManifest'
}

/** The text of a manifest, authenticated where there is a key. */
export function manifestText(body: ManifestBody, key: BackupKey | null): string {
  return `${JSON.stringify({ ...body, mac: key === null ? null : macOf(body, key) }, null, 2)}\n`
}

/** @throws {NotAManifest} */
export function parseManifest(text: string): Manifest {
  try {
    return Manifest.parse(JSON.parse(text))
  } catch (cause) {
    throw new NotAManifest('not a manifest of version 1, 2 or 3', { cause })
  }
}

/** Whether who wrote the manifest had the key. */
export function isAuthentic({ mac, ...body }: Manifest, key: BackupKey): boolean {
  return mac !== null && timingSafeEqual(Buffer.from(mac, 'hex'), Buffer.from(macOf(body, key), 'hex'))
}

function macOf(body: ManifestBody, key: BackupKey): string {
  const macKey = derived(key.secret, Buffer.alloc(0), 'letopis backup manifest 1', 32)
  return createHmac('sha256', macKey).update(canonicalJson(body)).digest('hex')
}

/** The checksums of a copy, in the form that `sha256sum -c` reads: the manifest, then the files. */
export function checksumText(manifestName: string, text: string, files: readonly StoredFile[]): string {
  const own = { name: manifestName, sha256: createHash('sha256').update(text).digest('hex') }
  return [own, ...files].map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')
}

const six = (copy: number): string => String(copy).padStart(6, '0')

export const manifestName = (copy: number): string => `copy-${six(copy)}.json`
export const checksumName = (copy: number): string => `copy-${six(copy)}.sha256`

/** The number of the copy whose manifest or checksums a file is; null for any other file. */
export function copyOf(name: string): number | null {
  const parts = /^copy-(\d{6,})\.(json|sha256)$/.exec(name)
  return parts === null ? null : Number(parts[1])
}

export const isStoredName = (name: string): boolean => FILE_NAME.test(name)

/** @param first the number of the first event in it, from 1; of `events` alone */
export function storedName(kind: Kind, copy: number, sealed: boolean, first: number | null = null): string {
  const from = first === null ? '' : `-${String(first).padStart(12, '0')}`
  const form = kind === 'heads' ? 'txt' : 'ndjson'
  return `${kind}-${six(copy)}${from}.${form}.gz${sealed ? '.sealed' : ''}`
}

export function filesOf({ files }: { readonly files: readonly StoredFile[] }, kind: Kind): StoredFile[] {
  return files.filter((file) => file.kind === kind)
}
