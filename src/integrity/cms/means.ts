import type { Certificate, CertificateRevocationList, SignedData } from 'pkijs'
import type { Instant } from '#values/time.ts'

/** A detached signature, whoever made it, and the text that it belongs to. */
export interface Detached {
  readonly signed: SignedData
  /** The signature without certificates, DER: what is recorded of it. */
  readonly bare: Uint8Array
  /** The certificate of whoever signed. */
  readonly own: Certificate
  /** Those that came with it, of authorities between him and one that is trusted. */
  readonly others: readonly Certificate[]
  readonly content: Uint8Array<ArrayBuffer>
}

/** What knows the algorithms of a signature. Null is an answer that could not be had here. */
export interface SignatureMeans {
  /** The digest of a text, in hexadecimal. */
  digest(content: Uint8Array): Promise<string | null>
  /** Whether the key of the certificate made the signature. */
  isSigned(signature: Detached): Promise<boolean | null>
  /** Whether a chain leads from the certificate to one that is trusted, as of an instant. */
  isTrusted(signature: Detached, trusted: readonly Uint8Array[], at: Instant): Promise<boolean | null>
  /** Whether an authority signed a list of revoked certificates. */
  isListSigned(list: CertificateRevocationList, by: Certificate): Promise<boolean | null>
}

/** Digests of ГОСТ Р 34.11-2012, by their length in bits. */
export type GostDigest = 256 | 512

/** Gives the means for Russian algorithms, which the libraries of this program do not know. */
export type GostMeans = (digest: GostDigest) => SignatureMeans

export const derOf = (certificate: Certificate): Uint8Array => new Uint8Array(certificate.toSchema().toBER())
