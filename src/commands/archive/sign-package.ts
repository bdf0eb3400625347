import { z } from 'zod'
import { CmsText } from '#events/journal-page.ts'
import { sha512 } from '#values/sha512.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { archiveFold, isIssued } from './state.ts'

const SignPackage = z.strictObject({
  package: Uuid,
  manifest: z
    .string()
    .min(1)
    .max(8_000)
    .describe('Опись, которую подписали: файл tagmanifest-sha512.txt пакета, слово в слово'),
  cms: CmsText.describe('Отсоединённая подпись CMS этой описи, DER в base64, с сертификатом подписавшего'),
})

/**
 * Enters the signature of a person under a package into the register (п. 3.1): the signature by certificate is verified
 * as that of a page is, and it is of the manifest that the register knows the package by.
 */
export const signPackage = defineCommand({
  name: 'sign-package',
  path: 'packages/:package',
  summary: 'Подписать архивный пакет сертификатом: подпись проверена и внесена в реестр',
  operation: '35b',
  input: SignPackage,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: [],
  async prove({ school, actor, input: { manifest, cms }, now }, { signatures }) {
    if (signatures === undefined) return refuse('signatures-not-configured')
    const { person } = actor
    const found = await signatures.verify({ school, person, statement: manifest, cms, at: now })
    return typeof found === 'string' ? refuse(found) : found
  },
  decide({ input: { package: id, manifest }, state, proof }) {
    if (!isIssued(state)) return refuse('package-unknown', { package: id })
    if (state.destroyed !== null) return refuse('package-destroyed', { package: id })
    const { tagmanifestSha512 } = state.issued
    if (sha512(manifest) !== tagmanifestSha512) {
      return refuse('manifest-differs', { tagmanifestSha512 })
    }
    // One that could not be checked is checked again where the package lies, with the file that was given (0089).
    const { given: _beside, ...signature } = proof!
    if (state.signatures.has(signature.cms)) return []
    return [{ type: 'SnapshotSigned', data: { tagmanifestSha512, ...signature } }]
  },
})
