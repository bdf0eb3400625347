import { Certificate, CertificateRevocationList } from 'pkijs'
import type { Instant } from '#values/time.ts'
import type { Detached, SignatureMeans } from './means.ts'

/** `revoked` is one that its authority had revoked at the instant; `not-checked` that nothing in force here says so. */
export type RevocationOutcome = 'revoked' | 'not-revoked' | 'not-checked'

/** More certificates than any chain has: whoever sends more makes work for nothing. */
const LONGEST_CHAIN = 10

/**
 * Whether a certificate, or one of the authorities between it and one that signed for itself, had been revoked at an
 * instant, by lists of revoked certificates (RFC 5280, section 5).
 *
 * Of the lists that an authority signed the newest counts. One whose `nextUpdate` has passed still proves what it names,
 * and no longer what it does not name. A list with an extension that must be understood speaks of a part of the
 * certificates, or of changes to another list, and is not used.
 *
 * @param trusted certificates of authorities, DER
 * @param lists lists of revoked certificates, DER or PEM; what is no list is passed over
 */
export async function revocationOf(
  { own, others }: Detached,
  means: SignatureMeans,
  trusted: readonly Uint8Array[],
  lists: readonly Uint8Array[],
  at: Instant,
): Promise<RevocationOutcome> {
  const now = new Date(at)
  const newestFirst = lists
    .map(parse)
    .filter((list) => list !== null)
    .filter((list) => list.thisUpdate.value <= now)
    .toSorted((a, b) => b.thisUpdate.value.getTime() - a.thisUpdate.value.getTime())
  const authorities = [...trusted.map((one) => Certificate.fromBER(one)), ...others]

  // Every authority of a name is looked at, not the first: one that was sent along must not hide the one that signed.
  const chain = [own]
  let outcome: RevocationOutcome = 'not-revoked'
  for (const certificate of chain) {
    if (certificate.issuer.isEqual(certificate.subject)) continue
    if (chain.length > LONGEST_CHAIN) return 'not-checked'
    const issuers = authorities.filter(({ subject }) => subject.isEqual(certificate.issuer))
    const list = await newestOf(certificate, issuers, newestFirst, means)
    const found = list === null ? 'not-checked' : saidOf(certificate, list, now)
    if (found === 'revoked') return 'revoked'
    if (found === 'not-checked') outcome = 'not-checked'
    chain.push(...issuers.filter((one) => !chain.includes(one)))
  }
  return outcome
}

/** The newest list that an authority of a certificate signed. */
async function newestOf(
  { issuer }: Certificate,
  issuers: readonly Certificate[],
  newestFirst: readonly CertificateRevocationList[],
  means: SignatureMeans,
): Promise<CertificateRevocationList | null> {
  for (const list of newestFirst) {
    if (!list.issuer.isEqual(issuer)) continue
    for (const one of issuers) {
      if ((await means.isListSigned(list, one)) === true) return list
    }
  }
  return null
}

function saidOf(certificate: Certificate, list: CertificateRevocationList, now: Date): RevocationOutcome {
  const named = list.revokedCertificates?.find(({ userCertificate }) =>
    userCertificate.isEqual(certificate.serialNumber),
  )
  if (named !== undefined && named.revocationDate.value <= now) return 'revoked'
  const next = list.nextUpdate?.value
  return next !== undefined && now <= next ? 'not-revoked' : 'not-checked'
}

/** A list that may be used; null is none. */
function parse(file: Uint8Array): CertificateRevocationList | null {
  try {
    const list = CertificateRevocationList.fromBER(derIn(file))
    const extensions = [
      ...(list.crlExtensions?.extensions ?? []),
      ...(list.revokedCertificates ?? []).flatMap((one) => one.crlEntryExtensions?.extensions ?? []),
    ]
    return extensions.some(({ critical }) => critical) ? null : list
  } catch {
    return null
  }
}

function derIn(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const armoured = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(
    Buffer.from(file).toString('latin1'),
  )
  return new Uint8Array(armoured === null ? file : Buffer.from(armoured[1]!, 'base64'))
}
