import type { ArchiveEvent } from '#events/archive.ts'
import { type ArchiveScope, scopeKey } from '#values/archive.ts'
import type { Role } from '#values/role.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { pageOf } from '../cell.ts'
import { amend, put, type ReadModel, table } from '../read-model.ts'

type Data<Type extends ArchiveEvent['type']> = Extract<ArchiveEvent, { type: Type }>['data']

/** A signature of a person under the manifest of a package. */
export interface PackageSignature extends Omit<Data<'SnapshotSigned'>, 'tagmanifestSha512'> {
  readonly at: Instant
  readonly by: Uuid
  readonly role: Role
}

/** A package of the archive, from its sealing to its destruction: one line of the register. */
export interface PackageRow {
  readonly package: Uuid
  readonly scope: ArchiveScope
  readonly scope_key: string
  readonly year: number
  readonly sealed_at: Instant
  readonly sealed_by: Uuid
  /** The revisions up to which it knows its streams. */
  readonly revisions: Readonly<Record<string, number>>
  readonly content_digest: string
  readonly retain_until: LocalDate
  readonly replaces: Uuid | null
  /** Null while the file is being made. */
  readonly issued_at: Instant | null
  readonly sha512: string | null
  readonly tagmanifest_sha512: string | null
  readonly bytes: number | null
  readonly checkpoint: number | null
  readonly superseded_by: Uuid | null
  /** Null while it is not transferred. */
  readonly accepted_at: Instant | null
  readonly accepted_by: Uuid | null
  /** Of people, under its manifest, the first one first. */
  readonly signatures: readonly PackageSignature[]
  readonly act: string | null
  readonly verified_at: Instant | null
  readonly verified: string | null
  readonly verified_detail: string | null
  readonly approved_at: Instant | null
  readonly approval: Data<'DestructionApproved'>['order'] | null
  readonly destroyed_on: LocalDate | null
  readonly destruction_act: string | null
}

export interface PrintSetRow {
  readonly year: number
  readonly registered_at: Instant
  readonly printed: LocalDate
  readonly volumes: number
  readonly sheets: number
  readonly packages: readonly Uuid[]
  readonly signed_by: Uuid
}

const onPackage = (stream: string, to: Partial<PackageRow>) => [
  amend<PackageRow>({ package: pageOf(stream) }, () => to),
]

/** The register of the archive (R-2.16, R-3.4a, R-3.4b), and the print sets of the school (R-3.4c). */
export const archiveRegister: ReadModel = {
  name: 'archive-register',
  version: 2,
  tables: [
    table<PackageRow>({
      name: 'package',
      columns: {
        package: 'uuid',
        scope: 'jsonb',
        scope_key: 'text',
        year: 'integer',
        sealed_at: 'text',
        sealed_by: 'uuid',
        revisions: 'jsonb',
        content_digest: 'text',
        retain_until: 'text',
        replaces: 'uuid',
        issued_at: 'text',
        sha512: 'text',
        tagmanifest_sha512: 'text',
        bytes: 'integer',
        checkpoint: 'integer',
        superseded_by: 'uuid',
        accepted_at: 'text',
        accepted_by: 'uuid',
        signatures: 'jsonb',
        act: 'text',
        verified_at: 'text',
        verified: 'text',
        verified_detail: 'text',
        approved_at: 'text',
        approval: 'jsonb',
        destroyed_on: 'text',
        destruction_act: 'text',
      },
      key: ['package'],
      indexes: [['package'], ['scope_key'], ['year']],
      on: {
        SnapshotSealed: ({ stream, data, meta }) => [
          put<PackageRow, 'package'>(
            { package: pageOf(stream) },
            {
              scope: data.scope,
              scope_key: scopeKey(data.scope),
              year: data.year,
              sealed_at: meta.at,
              sealed_by: meta.by,
              revisions: Object.fromEntries(data.streams.map(({ stream, revision }) => [stream, revision])),
              content_digest: data.contentDigest,
              retain_until: data.retainUntil,
              replaces: data.replaces,
              issued_at: null,
              sha512: null,
              tagmanifest_sha512: null,
              bytes: null,
              checkpoint: null,
              superseded_by: null,
              accepted_at: null,
              accepted_by: null,
              signatures: [],
              act: null,
              verified_at: null,
              verified: null,
              verified_detail: null,
              approved_at: null,
              approval: null,
              destroyed_on: null,
              destruction_act: null,
            },
          ),
        ],
        SnapshotIssued: ({ stream, data, meta }) =>
          onPackage(stream, {
            issued_at: meta.at,
            sha512: data.sha512,
            tagmanifest_sha512: data.tagmanifestSha512,
            bytes: data.bytes,
            checkpoint: data.checkpoint,
          }),
        SnapshotSuperseded: ({ stream, data }) => onPackage(stream, { superseded_by: data.by }),
        SnapshotVerified: ({ stream, data, meta }) =>
          onPackage(stream, {
            verified_at: meta.at,
            verified: data.result,
            verified_detail: data.detail,
          }),
        SnapshotSigned: ({
          stream,
          data: { tagmanifestSha512: _same, ...signed },
          meta: { at, by, role },
        }) => [
          amend<PackageRow>({ package: pageOf(stream) }, ({ signatures }) => ({
            signatures: [...signatures, { ...signed, at, by, role }],
          })),
        ],
        SnapshotAccepted: ({ stream, data, meta }) =>
          onPackage(stream, { accepted_at: meta.at, accepted_by: meta.by, act: data.act }),
        DestructionApproved: ({ stream, data, meta }) =>
          onPackage(stream, { approved_at: meta.at, approval: data.order }),
        SnapshotDestroyed: ({ stream, data }) =>
          onPackage(stream, { destroyed_on: data.date, destruction_act: data.act }),
      },
    }),
    table<PrintSetRow>({
      name: 'print_set',
      columns: {
        year: 'integer',
        registered_at: 'text',
        printed: 'text',
        volumes: 'integer',
        sheets: 'integer',
        packages: 'jsonb',
        signed_by: 'uuid',
      },
      key: ['year'],
      on: {
        PrintSetRegistered: ({ data: { year, printed, volumes, sheets, packages, signedBy }, meta }) => [
          put<PrintSetRow, 'year'>(
            { year },
            { registered_at: meta.at, printed, volumes, sheets, packages, signed_by: signedBy },
          ),
        ],
      },
    }),
  ],
}
