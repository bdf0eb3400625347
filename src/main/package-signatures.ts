import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { openBag } from '#integrity/archive/open-bag.ts'
import { type CmsFault, verifyCms } from '#integrity/cms/verify-cms.ts'
import { Malformed } from '#integrity/tlog/malformed.ts'
import type { SchoolSlug } from '#values/school.ts'
import { systemClock } from '#values/time.ts'
import { Discrepancy } from './discrepancy.ts'
import { opensslGost } from './openssl-gost.ts'
import { authorities } from './signature-check.ts'

/** What people sign of a package: its digests are of everything but the note and the signatures themselves. */
const SIGNED = 'tagmanifest-sha512.txt'
const FOLDER = 'signatures/'
/** A signature with a chain of certificates has some kilobytes. */
const MOST_BYTES = 65_536

export interface SignaturesAsked {
  /** Files of signatures that lie elsewhere than in the package. */
  readonly signature?: readonly string[]
  /** A folder of certificates of authorities that are trusted; without it none is. */
  readonly authorities?: string
}

/** A signature of a person under a package, and what came of its check. */
interface CheckedSignature {
  readonly file: string
  readonly result:
    | 'verified'
    | 'not-checked'
    | 'certificate-expired'
    | 'certificate-untrusted'
    | 'certificate-revoked'
  /** To whom the certificate was issued, and its SHA-256; null where the signature does not go so far. */
  readonly signer: string | null
  readonly certificate: string | null
}

export interface FoundSignatures {
  readonly signatures: readonly CheckedSignature[]
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
}

const UNSURE: Readonly<Record<Exclude<CheckedSignature['result'], 'verified'>, string>> = {
  'not-checked': 'алгоритм подписи здесь не проверить (нужен openssl с модулем gost)',
  'certificate-expired': 'подпись верна, но срок сертификата вышел: когда её поставили, она не говорит',
  'certificate-revoked': 'подпись верна, но сертификат отозван: поставлена ли она раньше, она не говорит',
  'certificate-untrusted': 'подпись верна, но издателю сертификата никто здесь не верит (--authorities)',
}

/**
 * Checks the detached CMS signatures (RFC 5652) of people under a package: those in its folder `signatures/` and those that
 * lie beside it. They are of the bytes of `tagmanifest-sha512.txt`. Time stamps are not checked.
 *
 * @throws {Discrepancy} one is of other bytes, or was not made by the key of its certificate
 * @throws {Malformed} one is no detached CMS signature of one signer with his certificate
 */
export async function packageSignatures(
  path: string,
  school: SchoolSlug,
  { signature = [], authorities: folder }: SignaturesAsked,
): Promise<FoundSignatures> {
  const bag = openBag(path)
  try {
    const text = bag.read(SIGNED, MOST_BYTES).toString('utf8')
    const inside = [...bag.files.keys()].filter((name) => name.startsWith(FOLDER)).toSorted()
    const all = [
      ...inside.filter(isSignature).map((file) => ({ file, der: () => bag.read(file, MOST_BYTES) })),
      ...signature.map((file) => ({ file: basename(file), der: () => small(file) })),
    ]
    if (folder !== undefined && !existsSync(folder)) throw new Malformed(`${folder}: такой папки нет`)
    const { trusted, lists } =
      folder === undefined ? { trusted: [], lists: [] } : await authorities(folder, school)
    const gost = opensslGost(process.env['LETOPIS_OPENSSL'] ?? 'openssl')
    const signatures: CheckedSignature[] = []
    for (const { file, der } of all) {
      const found = await verifyCms(der(), text, trusted, systemClock(), gost, lists)
      signatures.push({ file, ...(typeof found === 'string' ? outcome(file, found) : signed(found)) })
    }
    return {
      signatures,
      lines: signatures
        .filter(({ result }) => result === 'verified')
        .map(({ file, signer, certificate }) => `${file}: подписал(а) ${signer}, сертификат ${certificate}.`),
      warnings: [
        ...signatures.flatMap(({ file, result }) =>
          result === 'verified' ? [] : [`${file}: ${UNSURE[result]}.`],
        ),
        ...inside.filter((name) => !isSignature(name)).map((file) => `${file}: здесь не проверяется.`),
      ],
    }
  } finally {
    bag.close()
  }
}

const isSignature = (name: string): boolean => /\.(p7s|sig)$/.test(name)

function small(file: string): Buffer {
  if (statSync(file).size > MOST_BYTES) throw new Malformed(`${file} is too large for a signature`)
  return readFileSync(file)
}

const signed = ({
  checked,
  subject,
  certificate,
}: Exclude<Awaited<ReturnType<typeof verifyCms>>, string>): Omit<CheckedSignature, 'file'> => ({
  result: checked,
  signer: subject.common,
  certificate,
})

function outcome(file: string, fault: CmsFault): Omit<CheckedSignature, 'file'> {
  if (fault === 'signature-malformed') {
    throw new Malformed(`${file}: это не отделённая подпись CMS с сертификатом подписавшего`)
  }
  if (fault === 'signature-altered') {
    throw new Discrepancy(`${file}: подпись стоит под другой описью, не под описью этого пакета.`)
  }
  if (fault === 'signature-invalid') {
    throw new Discrepancy(`${file}: подпись сделана не ключом своего сертификата.`)
  }
  return { result: fault, signer: null, certificate: null }
}
