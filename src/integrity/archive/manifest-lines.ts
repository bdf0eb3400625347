import { createHash, hash } from 'node:crypto'
import { Malformed } from '../tlog/malformed.ts'
import { linesOf, type OpenBag } from './open-bag.ts'
import { isPlainName, type ZipFile } from './stored-zip.ts'

/** Manifests of BagIt 1.0 (RFC 8493 section 2.1.3), by both algorithms. */
export const ALGORITHMS = ['sha256', 'sha512'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** Digest by path. */
export type Manifest = ReadonlyMap<string, string>

/** By UTF-16 code units, as everything in a package is ordered. */
export const inOrder = (paths: Iterable<string>): string[] => [...paths].toSorted()

/** `digest`, two spaces, the path; a line feed ends each line. */
export function manifestText(manifest: Manifest): string {
  return inOrder(manifest.keys())
    .map((path) => `${manifest.get(path)!}  ${path}\n`)
    .join('')
}

export function manifestOf(algorithm: Algorithm, files: readonly ZipFile[]): Manifest {
  return new Map(files.map(({ name, bytes }) => [name, hash(algorithm, bytes)]))
}

/** The inverse of {@link manifestText}. @throws {Malformed} a line is none, or a path comes twice */
export function readManifest(bag: OpenBag, algorithm: Algorithm, path: string): Manifest {
  const line = algorithm === 'sha256' ? /^([0-9a-f]{64}) {2}(\S+)$/ : /^([0-9a-f]{128}) {2}(\S+)$/
  const manifest = new Map<string, string>()
  for (const text of linesOf(bag, path)) {
    const [, digest, name] = line.exec(text) ?? []
    if (digest === undefined || name === undefined || !isPlainName(name)) {
      throw new Malformed(`${path} has a line that is no digest and plain path`)
    }
    if (manifest.has(name)) throw new Malformed(`${path} names ${name} twice`)
    manifest.set(name, digest)
  }
  return manifest
}

/** The digest of a file of a package, read a piece at a time. */
export function digestOf(bag: OpenBag, algorithm: Algorithm, path: string): string {
  const digest = createHash(algorithm)
  for (const piece of bag.pieces(path)) digest.update(piece)
  return digest.digest('hex')
}

/** What is sealed in the log before the package is made: everything below `data/` that follows from the events. */
export function isContent(path: string): boolean {
  return path.startsWith('data/') && !PROOF.test(path)
}

/** The proofs, which are made when the content is sealed already. */
const PROOF = /^data\/(log\/(sealed\.ndjson|sealed-index\.txt|checkpoint|tile\/.*)|keys\/.*)$/

/** SHA-512 over the lines of the manifest for what {@link isContent}. */
export function contentDigest(sha512: Manifest): string {
  const content = new Map([...sha512].filter(([path]) => isContent(path)))
  return hash('sha512', manifestText(content))
}
