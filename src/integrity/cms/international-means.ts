import { createHash } from 'node:crypto'
import { Certificate, CertificateChainValidationEngine } from 'pkijs'
import type { SignatureMeans } from './means.ts'

/** RSA and ECDSA, by the libraries of this program. @param hash the name of the digest, as Node knows it */
export function internationalMeans(hash: string): SignatureMeans {
  return {
    digest: async (content) => createHash(hash).update(content).digest('hex'),
    async isSigned({ signed, content }) {
      try {
        return await signed.verify({ signer: 0, data: content.buffer, checkChain: false })
      } catch {
        return false
      }
    },
    async isTrusted({ own, others }, trusted, at) {
      const chain = new CertificateChainValidationEngine({
        certs: [...others, own],
        trustedCerts: trusted.map((one) => Certificate.fromBER(one)),
        checkDate: new Date(at),
      })
      return (await chain.verify()).result
    },
    async isListSigned(list, by) {
      try {
        return await list.verify({ issuerCertificate: by })
      } catch {
        return false
      }
    },
  }
}
