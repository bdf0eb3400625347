import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How openssl makes keys of a kind. */
interface Kind {
  readonly key: readonly string[]
  /** What is said at each call, before anything else. */
  readonly engine: readonly string[]
}

/** What openssl is told so that it knows Russian algorithms. */
export const GOST_ENGINE = ['-engine', 'gost'] as const
const gost = (bits: 256 | 512): Kind => ({
  key: [`gost2012_${bits}`, '-pkeyopt', 'paramset:A'],
  engine: GOST_ENGINE,
})

export const KINDS = {
  rsa: { key: ['rsa:2048'], engine: [] },
  ecdsa: { key: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], engine: [] },
  gost256: gost(256),
  gost512: gost(512),
} as const satisfies Readonly<Record<string, Kind>>

/** Why no GOST signature can be made here; null when one can. `REQUIRE_GOST=1` lets the tests fail instead. */
export const gostAbsence: string | null = (() => {
  if (process.env['REQUIRE_GOST'] === '1') return null
  const { error, status } = spawnSync('openssl', ['dgst', ...GOST_ENGINE, '-md_gost12_256'], { input: '' })
  if (error !== undefined) return 'no openssl (REQUIRE_GOST=1 to insist)'
  return status === 0 ? null : 'openssl has no engine gost (REQUIRE_GOST=1 to insist)'
})()
if (gostAbsence !== null) console.warn(`skipped: GOST signatures: ${gostAbsence}`)

interface Issued {
  readonly ca?: string
  readonly subject?: string
  readonly kind?: keyof typeof KINDS
  readonly until?: string
}

/** Certification authorities of our own in a folder, whom they certify, and what those sign. */
export class OwnAuthorities {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  openssl(...args: string[]): string {
    return execFileSync('openssl', args, {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    })
  }

  /** The path of a file: the certificate of `name` is `name.pem`, its key `name.key`. */
  at(name: string): string {
    return join(this.#folder, name)
  }

  authority(name: string, kind: keyof typeof KINDS = 'rsa'): void {
    const { key, engine } = KINDS[kind]
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`]
    const about = ['-days', '7300', '-utf8', '-subj', `/CN=${name}`]
    this.openssl('req', ...engine, '-x509', '-newkey', ...key, '-nodes', ...files, ...about)
  }

  /** A certificate of a person, in force between two dates. */
  certificate(
    name: string,
    {
      ca = 'school-ca',
      subject = '/SN=Ковалевская/GN=Софья Васильевна/CN=Ковалевская Софья Васильевна',
      kind = 'rsa',
      until = '20400101000000Z',
    }: Issued = {},
  ): void {
    const { key, engine } = KINDS[kind]
    const asked = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-utf8', '-subj', subject]
    this.openssl('req', ...engine, '-new', '-newkey', ...key, '-nodes', ...asked)
    mkdirSync(this.at(`${name}.db`))
    writeFileSync(this.at(`${name}.db/index.txt`), '')
    writeFileSync(
      this.at(`${name}.cnf`),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${name}.db/index.txt\nnew_certs_dir=${name}.db\nrand_serial=yes\ndefault_md=default\npolicy=any\n[any]\ncommonName=supplied\nsurname=optional\ngivenName=optional\n`,
    )
    const by = ['-config', `${name}.cnf`, '-cert', `${ca}.pem`, '-keyfile', `${ca}.key`]
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`]
    const dates = ['-startdate', '20200101000000Z', '-enddate', until]
    this.openssl('ca', ...engine, '-batch', '-notext', '-utf8', ...by, ...files, ...dates)
  }

  /** A detached signature of a text, DER in base64. */
  signed(text: string, name: string, options: readonly string[] = []): string {
    writeFileSync(this.at('text'), text)
    const by = ['-signer', `${name}.pem`, '-inkey', `${name}.key`]
    const files = ['-in', 'text', '-outform', 'DER', '-out', 'signature.der']
    this.openssl('cms', '-sign', '-binary', ...by, ...files, ...options)
    return readFileSync(this.at('signature.der')).toString('base64')
  }

  /** What openssl finds of a signature that was kept without certificates: the text that it is of. */
  readAgain(cms: string, text: string, name: string, ca: string, options: readonly string[] = []): string {
    writeFileSync(this.at('kept.der'), Buffer.from(cms, 'base64'))
    writeFileSync(this.at('statement'), text)
    const of = ['-binary', '-inform', 'DER', '-in', 'kept.der', '-content', 'statement']
    const by = ['-certfile', `${name}.pem`, '-CAfile', `${ca}.pem`, '-purpose', 'any']
    return this.openssl('cms', '-verify', ...options, ...of, ...by)
  }

  /** SHA-256 of a certificate, as an event has it. */
  fingerprint(name: string): string {
    const said = this.openssl('x509', '-in', `${name}.pem`, '-noout', '-fingerprint', '-sha256')
    return said.split('=')[1]!.trim().replaceAll(':', '').toLowerCase()
  }
}
