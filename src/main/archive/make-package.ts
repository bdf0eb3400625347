import { setTimeout } from 'node:timers/promises'
import type { Problem } from '#api/problems.ts'
import { archiveFold } from '#commands/archive/state.ts'
import { issueSnapshot } from '#commands/archive/issue-snapshot.ts'
import { sealSnapshot } from '#commands/archive/seal-snapshot.ts'
import { supersedeSnapshot } from '#commands/archive/supersede-snapshot.ts'
import type { Actor, Command } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { schoolYearFold, DEFAULT_ZONE } from '#commands/school-year/state.ts'
import { streamName } from '#events/stream-name.ts'
import type { WithoutEffect } from '#events/without-effect.ts'
import { buildBag } from '#integrity/archive/build-bag.ts'
import type { Form } from '#integrity/archive/forms.ts'
import type { ZipFile } from '#integrity/archive/stored-zip.ts'
import {
  type Content,
  contentOf,
  personsOf,
  voidIds,
  type VoidOperation,
  voidSetDigest,
} from '#integrity/archive/content.ts'
import { FOLD_VERSION } from '#integrity/archive/fold.ts'
import { type Gathered, gather } from '#integrity/archive/scope.ts'
import type { Names } from '#integrity/archive/tables.ts'
import type { PersonalTexts } from '#integrity/privacy/personal-texts.ts'
import { tilesFor } from '#integrity/archive/tile-tree.ts'
import type { Sealed, SealedLog } from '#integrity/sealed-log.ts'
import type { SignerKey } from '#integrity/tlog/signed-note.ts'
import { type ArchiveScope, retainedUntil } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import { dateAt, type LocalDate } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import type { PackageFolder } from './package-folder.ts'
import { isOfPage, printedFiles } from './printed-files.ts'

export interface MakingPackages {
  readonly execution: Execution
  readonly sealed: SealedLog
  readonly folder: PackageFolder
  /** The keys of the log that sign now: the package is signed by them too. */
  readonly keys: () => readonly SignerKey[]
  /** The one place from which names come into a package. */
  readonly namesOf: (school: SchoolSlug, persons: readonly Uuid[]) => Promise<Names>
  /** What sealed texts say: a package takes no key along. */
  readonly texts: Pick<PersonalTexts, 'disclosures'>
  /** Tells of each operation of the school whether it has no effect, and why. */
  readonly withoutEffect: (school: SchoolSlug) => Promise<Pick<WithoutEffect, 'of'>>
  /** The newest package of the same scope, which this one takes the place of. */
  readonly standing: (school: SchoolSlug, scope: ArchiveScope) => Promise<Uuid | null>
}

export interface PackageAsked {
  readonly school: SchoolSlug
  /** Of the job: everything that is recorded for it has ids that follow from this one. */
  readonly id: Uuid
  readonly package: Uuid
  readonly scope: ArchiveScope
  readonly actor: Actor
  readonly cause?: Uuid | undefined
}

export type Phase = 'reading' | `printing ${number}/${number}` | 'sealing' | 'waiting' | 'writing'
type Tell = (phase: Phase) => void

/** The log was not sealed in time: the sealer stands still, or nobody seals. */
export class NotSealedYet extends Error {
  override readonly name = 'NotSealedYet'
}

/** Why there is no package: a word of the problems of the API. */
export interface NotPacked {
  readonly refused: Extract<Problem, 'nothing-to-package' | 'pages-not-closed' | 'package-outdated'>
  readonly detail: Readonly<Record<string, unknown>>
}

/** How long the sealer is waited for, in milliseconds: it signs every ten seconds. */
const PATIENCE = 60_000
const ASK = 200

/**
 * Makes a package: reads the scope, records in the log what goes into it, waits until that record is under a signature,
 * writes the file, enters it into the register. Killed anywhere, it is begun once more with the same ids and goes on.
 *
 * @throws {NotSealedYet}
 */
export async function makePackage(
  making: MakingPackages,
  asked: PackageAsked,
  tell: Tell = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Refusal | NotPacked | { readonly sha512: string }> {
  const { execution, keys } = making
  const { school, scope } = asked
  tell('reading')
  const stream = streamName(school, 'archive', asked.package)
  const begun = await execution.streams.load(archiveFold, stream)
  if (begun.state.issued !== null) return { sha512: begun.state.issued.sha512 }
  const leftOut = await making.withoutEffect(school)
  const isVoid = (event: Uuid): boolean => leftOut.of(event) !== null
  const gathered = await gather(execution.store, school, scope, execution.clock(), isVoid)
  if (gathered === null) return { refused: 'nothing-to-package', detail: { scope } }
  if (gathered.open.length > 0) return { refused: 'pages-not-closed', detail: { pages: gathered.open } }

  const content = await contentFor(making, asked, { gathered, leftOut, tell }, signal)
  const retainUntil = await termOf(making, asked, gathered)
  // What lost its effect while the package was being read and printed is left out of it as well.
  const now = voidedIn(gathered, await making.withoutEffect(school))
  if (voidSetDigest(voidIds(now)) !== content.voidSetDigest) return makePackage(making, asked, tell, signal)
  tell('sealing')
  if (begun.state.sealed === null) {
    const replaces = await making.standing(school, scope)
    const input = {
      package: asked.package,
      scope,
      year: gathered.year,
      contentDigest: content.contentDigest,
      streams: gathered.streams.map(({ stream, revision, head, part, records }) => {
        return { stream, revision, head, records: records.length, part }
      }),
      voidSetDigest: content.voidSetDigest,
      foldVersion: FOLD_VERSION,
      retainUntil,
      replaces,
    }
    const sealed = await give(execution, asked, sealSnapshot, 'seal', input)
    if (isRefusal(sealed)) return sealed
  } else if (begun.state.sealed.contentDigest !== content.contentDigest) {
    // It was sealed, its making cut short, and since then something of it is another: it is never issued.
    return { refused: 'package-outdated', detail: { package: asked.package } }
  }
  const { state } = await execution.streams.load(archiveFold, stream)
  const [record] = await Array.fromAsync(execution.store.readStream(stream, { limit: 1 }))
  if (state.sealed === null || record === undefined) throw new Error('a package is sealed and not there')

  tell('waiting')
  const place = (await placesOf(making, [record.id], signal)).get(record.id)!
  const checkpoint = await checkpointOver(making, place, signal)
  tell('writing')
  const leaves = [place, ...(await placesOf(making, recordIds(gathered), signal)).values()]
  const tiles = await making.sealed.tilesAt(tilesFor(leaves, checkpoint.size), checkpoint.size)
  const bag = buildBag({
    bag: asked.package,
    retainUntil: state.sealed.retainUntil,
    date: (record.meta['at'] as string).slice(0, 10),
    school,
    content: content.files,
    proofs: { sealed: record.canonical, place, checkpoint, tiles },
    keys: keys(),
  })
  await making.folder.keep(bag.sha512, bag.bytes)
  const issued = await give(execution, asked, issueSnapshot, 'issue', {
    package: asked.package,
    tagmanifestSha512: bag.tagmanifestSha512,
    sha512: bag.sha512,
    bytes: bag.bytes.length,
    checkpoint: checkpoint.size,
  })
  if (isRefusal(issued)) return issued
  if (state.sealed.replaces !== null) {
    const input = { package: state.sealed.replaces, by: asked.package }
    const superseded = await give(execution, asked, supersedeSnapshot, 'supersede', input)
    if (isRefusal(superseded)) return superseded
  }
  return { sha512: bag.sha512 }
}

/** Gives one of the commands of the archive, under an id that follows from that of the job. */
export function give(
  execution: Execution,
  { school, id, actor, cause }: Pick<PackageAsked, 'school' | 'id' | 'actor' | 'cause'>,
  command: Command,
  name: string,
  input: Readonly<Record<string, unknown>>,
): ReturnType<typeof execute> {
  const asked = { school, actor, id: uuidV5(id, name), input: command.input.parse(input) }
  return execute(execution, command, { ...asked, ...(cause !== undefined && { cause }) })
}

const recordIds = ({ streams }: Gathered): Uuid[] =>
  streams.flatMap(({ records }) => records.map(({ id }) => id))

const voidedIn = (gathered: Gathered, leftOut: Pick<WithoutEffect, 'of'>): VoidOperation[] =>
  recordIds(gathered).flatMap((event) => {
    const found = leftOut.of(event)
    return found === null ? [] : [{ event, how: found.how, incident: found.incident }]
  })

async function contentFor(
  making: MakingPackages,
  { school, scope }: PackageAsked,
  { gathered, leftOut, tell }: { gathered: Gathered; leftOut: Pick<WithoutEffect, 'of'>; tell: Tell },
  signal: AbortSignal,
): Promise<Content> {
  const names = await making.namesOf(school, personsOf(gathered))
  const voided = voidedIn(gathered, leftOut)
  const places = await placesOf(making, recordIds(gathered), signal)
  const records = gathered.streams.flatMap((stream) => stream.records)
  const disclosures = await making.texts.disclosures(school, records)
  const checkpoint = await firstOver(making, gathered, signal)
  const printed = (form: Form, shown: Names): Promise<ZipFile[]> =>
    printedFiles({ school, gathered, form, names: shown, checkpoint, tell })
  return contentOf({ school, scope, gathered, places, names, voided, disclosures, printed })
}

/**
 * The first checkpoint that covers everything of which the package is made: whoever makes the package again, however much
 * later, prints the same one.
 *
 * @throws {NotSealedYet}
 */
async function firstOver(making: MakingPackages, gathered: Gathered, signal: AbortSignal): Promise<Sealed> {
  const places = await placesOf(making, [...recordIds(gathered), ...lastOfPages(gathered)], signal)
  const last = Math.max(...places.values())
  await checkpointOver(making, last, signal)
  const [first] = await making.sealed.checkpoints(last, 1)
  if (first === undefined) throw new Error('a checkpoint was there and is gone')
  return first
}

/** Of an extract no record of a page is in the package, and yet it says what the pages said. */
const lastOfPages = ({ streams }: Gathered): Uuid[] =>
  streams.flatMap(({ stream, last }) => (isOfPage(stream) ? [last.id] : []))

/** The places of events in the tree, once it has all of them. @throws {NotSealedYet} */
async function placesOf(
  { sealed }: MakingPackages,
  events: readonly Uuid[],
  signal: AbortSignal,
): Promise<Map<Uuid, number>> {
  return awaited(async () => {
    const places = await sealed.places(events)
    return places.size === new Set(events).size ? places : null
  }, signal)
}

/** The first checkpoint that is seen to cover a leaf. @throws {NotSealedYet} */
function checkpointOver({ sealed }: MakingPackages, place: number, signal: AbortSignal) {
  return awaited(async () => {
    const newest = await sealed.newest()
    return newest !== null && newest.size > place ? newest : null
  }, signal)
}

async function awaited<Found>(look: () => Promise<Found | null>, signal: AbortSignal): Promise<Found> {
  for (const end = performance.now() + PATIENCE; ; ) {
    const found = await look()
    if (found !== null) return found
    if (signal.aborted || performance.now() > end) throw new NotSealedYet('the log is not sealed so far')
    await setTimeout(ASK)
  }
}

/** The first day on which it may be destroyed, by the day on which the last of its pages was closed. */
async function termOf(
  { execution }: MakingPackages,
  { school, scope }: PackageAsked,
  { state, year }: Gathered,
): Promise<LocalDate> {
  const stream = streamName(school, 'schoolYear', year)
  const { state: ofYear } = await execution.streams.load(schoolYearFold, stream)
  const zone = ofYear.year?.zone ?? DEFAULT_ZONE
  const closings = [...state.pages.values()].flatMap(({ closedAt }) => (closedAt === null ? [] : [closedAt]))
  const last = closings.toSorted().at(-1)
  const on =
    scope.kind === 'pupil' || last === undefined
      ? dateAt(execution.clock(), zone)
      : dateAt(last as never, zone)
  return retainedUntil(scope.kind, year, on)
}
