import { createHash } from 'node:crypto'
import { OctetString } from 'asn1js'
import { Certificate, ContentInfo, IssuerAndSerialNumber, SignedData } from 'pkijs'
import type { Instant } from '#values/time.ts'
import { internationalMeans } from './international-means.ts'
import { revocationOf } from './revocation.ts'
import { derOf, type Detached, type GostDigest, type GostMeans, type SignatureMeans } from './means.ts'

/** Object identifiers of RFC 5652 and RFC 5280. */
const SIGNED_DATA = '1.2.840.113549.1.7.2'
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
const COMMON_NAME = '2.5.4.3'
const SURNAME = '2.5.4.4'
const GIVEN_NAME = '2.5.4.42'
/** The arc of Russian algorithms. */
const GOST = '1.2.643.'
/** ГОСТ Р 34.11-2012. Signatures with the digest before it are no longer made since 2019. */
const GOST_DIGESTS: Readonly<Record<string, GostDigest>> = {
  '1.2.643.7.1.1.2.2': 256,
  '1.2.643.7.1.1.2.3': 512,
}
const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** Why a signature is none that can be believed. */
export type CmsFault =
  | 'signature-malformed'
  | 'signature-altered'
  | 'signature-invalid'
  | 'certificate-expired'
  | 'certificate-untrusted'
  | 'certificate-revoked'

export interface CmsSignature {
  readonly checked: 'verified' | 'not-checked'
  /** Of a signature that is not checked, nothing is said of its certificate either. */
  readonly revocation: 'not-revoked' | 'not-checked'
  /** SHA-256 of the certificate of the signer, in hexadecimal. */
  readonly certificate: string
  /** The signature without certificates, DER in base64: a certificate names a person. */
  readonly cms: string
  /** To whom the certificate was issued. */
  readonly subject: { readonly common: string; readonly surname: string; readonly given: string }
}

/**
 * Verifies a detached CMS signature (RFC 5652) of one signer, whose certificate is in it, as of an instant. A
 * signature by a Russian algorithm comes back as not checked where the means for it are not here: it is well formed, and
 * that is all.
 *
 * @param der the signature, DER
 * @param text what was signed, as UTF-8
 * @param trusted certificates of certification authorities, DER
 * @param lists of revoked certificates, DER or PEM
 */
export async function verifyCms(
  der: Uint8Array,
  text: string,
  trusted: readonly Uint8Array[],
  at: Instant,
  gost: GostMeans,
  lists: readonly Uint8Array[] = [],
): Promise<CmsSignature | CmsFault> {
  const signed = parse(der)
  const signer = signed?.signerInfos[0]
  if (signed === null || signer === undefined) return 'signature-malformed'
  const certificates = (signed.certificates ?? []).filter((one) => one instanceof Certificate)
  const own = certificates.find((one) => isOf(one, signer.sid))
  if (own === undefined) return 'signature-malformed'
  const algorithm = signer.digestAlgorithm.algorithmId
  const means = meansOf(algorithm, gost)
  if (means === null && !algorithm.startsWith(GOST)) return 'signature-malformed'

  const signature: Detached = {
    signed,
    bare: withoutCertificates(der),
    own,
    others: certificates.filter((one) => one !== own),
    content: new TextEncoder().encode(text),
  }
  const checked = means === null ? 'not-checked' : await outcomeOf(signature, means, trusted, at)
  if (checked !== 'verified' && checked !== 'not-checked') return checked
  const revocation =
    means === null || checked === 'not-checked'
      ? 'not-checked'
      : await revocationOf(signature, means, trusted, lists, at)
  if (revocation === 'revoked') return 'certificate-revoked'
  return {
    checked,
    revocation,
    certificate: createHash('sha256').update(derOf(own)).digest('hex'),
    cms: Buffer.from(signature.bare).toString('base64'),
    subject: {
      common: nameOf(own, COMMON_NAME),
      surname: nameOf(own, SURNAME),
      given: nameOf(own, GIVEN_NAME),
    },
  }
}

/** What knows a digest, by its object identifier; null is nothing here. */
function meansOf(algorithm: string, gost: GostMeans): SignatureMeans | null {
  const hash = HASHES[algorithm]
  if (hash !== undefined) return internationalMeans(hash)
  const digest = GOST_DIGESTS[algorithm]
  return digest === undefined ? null : gost(digest)
}

/** The first of what may be wrong, whatever the algorithm; where an answer cannot be had, nothing was checked. */
async function outcomeOf(
  signature: Detached,
  means: SignatureMeans,
  trusted: readonly Uint8Array[],
  at: Instant,
): Promise<CmsSignature['checked'] | CmsFault> {
  const { signed, own, content } = signature
  const expected = await means.digest(content)
  if (expected === null) return 'not-checked'
  const said = digestIn(signed)
  if (said !== undefined && said !== expected) return 'signature-altered'

  const isSigned = await means.isSigned(signature)
  if (isSigned === null) return 'not-checked'
  if (!isSigned) return 'signature-invalid'

  const now = new Date(at)
  if (now < own.notBefore.value || own.notAfter.value < now) return 'certificate-expired'
  const isTrusted = await means.isTrusted(signature, trusted, at)
  if (isTrusted === null) return 'not-checked'
  return isTrusted ? 'verified' : 'certificate-untrusted'
}

/** The digest that a signature names, in hexadecimal; undefined of one that signs the text itself. */
function digestIn({ signerInfos: [signer] }: SignedData): string | undefined {
  const named = signer?.signedAttrs?.attributes.find(({ type }) => type === MESSAGE_DIGEST)
  if (named === undefined) return undefined
  const [value] = named.values as readonly unknown[]
  return value instanceof OctetString ? Buffer.from(value.valueBlock.valueHexView).toString('hex') : ''
}

/** A detached signature of exactly one signer; null is something else. */
function parse(der: Uint8Array): SignedData | null {
  try {
    const info = ContentInfo.fromBER(der)
    if (info.contentType !== SIGNED_DATA) return null
    const signed = new SignedData({ schema: info.content as never })
    const detached = signed.encapContentInfo.eContent === undefined
    return detached && signed.signerInfos.length === 1 ? signed : null
  } catch {
    return null
  }
}

/** Whether a certificate is the one that a signer names: by issuer and number, or by the id of its key. */
function isOf(certificate: Certificate, sid: unknown): boolean {
  if (sid instanceof IssuerAndSerialNumber) {
    return certificate.issuer.isEqual(sid.issuer) && certificate.serialNumber.isEqual(sid.serialNumber)
  }
  const key = certificate.extensions?.find(({ extnID }) => extnID === '2.5.29.14')?.parsedValue as unknown
  return key instanceof OctetString && sid instanceof OctetString && key.isEqual(sid)
}

function nameOf({ subject }: Certificate, type: string): string {
  const value = subject.typesAndValues.find((one) => one.type === type)?.value as
    | { readonly valueBlock: { readonly value: unknown } }
    | undefined
  return typeof value?.valueBlock.value === 'string' ? value.valueBlock.value : ''
}

/** The same signature without certificates and lists of revoked ones; what is signed and the signature stay as they were. */
function withoutCertificates(der: Uint8Array): Uint8Array {
  const info = ContentInfo.fromBER(der)
  const signed = new SignedData({ schema: info.content as never })
  delete signed.certificates
  delete signed.crls
  const bare = new ContentInfo({ contentType: SIGNED_DATA, content: signed.toSchema(true) })
  return new Uint8Array(bare.toSchema().toBER())
}
