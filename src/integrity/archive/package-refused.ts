/** A package was changed after it was sealed. The message says what and where; exit code 1 of the verifier. */
export class PackageTampered extends Error {
  override readonly name = 'PackageTampered'
  readonly what: Tampering
  /** The first bad file, and where it is known the leaf of the log, the stream and the revision. */
  readonly where: Where

  constructor(what: Tampering, where: Where, cause?: unknown) {
    super(`${where.file}: ${what}`, { cause })
    this.what = what
    this.where = where
  }
}

export interface Where {
  readonly file: string
  /** The place of a record in the log. */
  readonly leaf?: number
  readonly stream?: string
  readonly rev?: number
}

export type Tampering =
  /** A file has other bytes than the manifest says. */
  | 'file-differs'
  | 'file-missing'
  | 'file-unlisted'
  /** The manifests are not those that were signed. */
  | 'manifests-differ'
  /** A record is not the one at its place in the log. */
  | 'leaf-differs'
  | 'record-bad'
  | 'tree-differs'
  /** Records are missing that were sealed, or others are there. */
  | 'incomplete'
  | 'stream-not-sealed'
  | 'head-differs'
  | 'void-set-differs'
  /** The journal does not follow from the records. */
  | 'fold-differs'
  /** What the package holds is not what was sealed in the log. */
  | 'content-differs'
  | 'other-package'
