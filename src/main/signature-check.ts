import { X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignatureCheck } from '#commands/command.ts'
import type { Execution } from '#commands/execute.ts'
import type { GostMeans } from '#integrity/cms/means.ts'
import { verifyCms } from '#integrity/cms/verify-cms.ts'
import type { PersonNames } from '#integrity/person-store.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import { NoTurn } from './turns.ts'

/**
 * Checks signatures against the certification authorities of a folder: those that stand in it are trusted for every
 * school, those in a folder of it that is named like a school for that one. It is read at each check, so that a
 * certificate that was put there, or taken away, counts at once.
 */
function signatureCheck(
  folder: string,
  persons: Pick<PersonNames, 'names'>,
  gost: GostMeans,
): SignatureCheck {
  const found = async (school: SchoolSlug, cms: string, statement: string, at: Instant) => {
    const { trusted, lists } = await authorities(folder, school)
    return verifyCms(Buffer.from(cms, 'base64'), statement, trusted, at, gost, lists).catch(busy)
  }
  return {
    async verify({ school, person, statement, cms, at }) {
      const signature = await found(school, cms, statement, at)
      if (typeof signature === 'string') return signature
      const { subject, ...proof } = signature
      const name = (await persons.names(school, [person])).get(person)
      const same =
        name !== undefined &&
        (isName(`${subject.surname} ${subject.given}`, [name.family, name.given]) ||
          isName(subject.common, [name.family, name.given]))
      if (!same) return 'signer-other-person'
      return { ...proof, given: proof.checked === 'not-checked' ? cms : null }
    },

    async verifyAgain({ school, statement, cms, at }) {
      const signature = await found(school, cms, statement, at)
      if (typeof signature === 'string') return signature
      const { checked, revocation } = signature
      return { checked, revocation }
    },
  }
}

function busy(error: unknown): 'signature-check-busy' {
  if (error instanceof NoTurn) return 'signature-check-busy'
  throw error
}

/** Whether the words of a name begin with these, as «Иванова Анна Сергеевна» does with «Иванова» and «Анна». */
function isName(text: string, words: readonly string[]): boolean {
  const said = wordsOf(text)
  return wordsOf(words.join(' ')).every((word, i) => said[i] === word)
}

function wordsOf(text: string): string[] {
  return text.normalize('NFC').toLowerCase().replaceAll('ё', 'е').split(/\s+/u).filter(Boolean)
}

/** Certificates of authorities, and their lists of revoked ones, each PEM or DER. */
const CERTIFICATES = /\.(pem|crt|cer|der)$/
const LISTS = /\.crl$/

interface TrustFile {
  readonly name: string
  readonly bytes: Buffer
}

const isNamed =
  (names: RegExp) =>
  ({ name }: TrustFile): boolean =>
    names.test(name)

/** What a folder and the school's own in it hold: certificates that are trusted, DER, and lists of revoked ones. */
export async function authorities(
  folder: string,
  school: SchoolSlug,
): Promise<{ readonly trusted: Uint8Array[]; readonly lists: Uint8Array[] }> {
  const files = await filesOf(folder, school)
  return {
    trusted: files.filter(isNamed(CERTIFICATES)).map(({ bytes }) => new X509Certificate(bytes).raw),
    lists: files.filter(isNamed(LISTS)).map(({ bytes }) => bytes),
  }
}

async function filesOf(folder: string, school: SchoolSlug): Promise<TrustFile[]> {
  const found: TrustFile[] = []
  for (const path of [folder, join(folder, school)]) {
    const entries = await readdir(path, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return []
      throw cause
    })
    for (const entry of entries) {
      const { name } = entry
      if (!entry.isFile() || !(CERTIFICATES.test(name) || LISTS.test(name))) continue
      found.push({ name, bytes: await readFile(join(path, name)) })
    }
  }
  return found
}

/** The same execution, that checks signatures by certificates where a folder of authorities is configured. */
export function signing(
  execution: Execution,
  folder: string | undefined,
  persons: Pick<PersonNames, 'names'>,
  gost: GostMeans,
): Execution {
  if (folder === undefined) return execution
  return { ...execution, places: { ...execution.places, signatures: signatureCheck(folder, persons, gost) } }
}
