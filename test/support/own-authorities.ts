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

/** When certificates end, unless a test says otherwise. */
const UNTIL = '20400101000000Z'

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

  /** An authority that signs for itself. Its dates stand, so that tests of any date find it in force. */
  authority(name: string, kind: keyof typeof KINDS = 'rsa', subject = `/CN=${name}`): void {
    this.#issue(name, { subject, kind, until: UNTIL, by: ['-selfsign', '-keyfile', `${name}.key`] }, true)
  }

  /** A certificate of a person, in force between two dates. */
  certificate(
    name: string,
    {
      ca = 'school-ca',
      subject = '/SN=Ковалевская/GN=Софья Васильевна/CN=Ковалевская Софья Васильевна',
      kind = 'rsa',
      until = UNTIL,
    }: Issued = {},
  ): void {
    this.#issue(name, { subject, kind, until, by: ['-cert', `${ca}.pem`, '-keyfile', `${ca}.key`] }, false)
  }

  /** An authority between another and those whom it certifies. */
  intermediate(name: string, ca: string): void {
    const by = ['-cert', `${ca}.pem`, '-keyfile', `${ca}.key`]
    this.#issue(name, { subject: `/CN=${name}`, kind: 'rsa', until: UNTIL, by }, true)
  }

  #issue(
    name: string,
    { subject, kind, until, by }: Required<Omit<Issued, 'ca'>> & { readonly by: readonly string[] },
    isAuthority: boolean,
  ): void {
    const { key, engine } = KINDS[kind]
    const asked = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-utf8', '-subj', subject]
    this.openssl('req', ...engine, '-new', '-newkey', ...key, '-nodes', ...asked)
    mkdirSync(this.at(`${name}.db`))
    writeFileSync(this.at(`${name}.db/index.txt`), '')
    writeFileSync(
      this.at(`${name}.cnf`),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${name}.db/index.txt\nnew_certs_dir=${name}.db\nrand_serial=yes\ndefault_md=default\npolicy=any\n[any]\ncommonName=supplied\nsurname=optional\ngivenName=optional\n[authority]\nbasicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n`,
    )
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`]
    const dates = ['-startdate', '20200101000000Z', '-enddate', until]
    const extensions = isAuthority ? ['-extensions', 'authority'] : []
    const config = ['-config', `${name}.cnf`]
    this.openssl(
      'ca',
      ...engine,
      '-batch',
      '-notext',
      '-utf8',
      ...config,
      ...by,
      ...files,
      ...dates,
      ...extensions,
    )
  }

  /**
   * A list of the certificates that an authority revoked, PEM in `<name>.crl`.
   *
   * @param revoked names of certificates, with the moment of each, as `20261101000000Z`
   * @param extension a line of the section of its extensions
   */
  list(
    name: string,
    revoked: Readonly<Record<string, string>>,
    { ca = 'school-ca', from = '20261101000000Z', until = '20270301000000Z', extension = '' } = {},
  ): void {
    const lines = Object.entries(revoked).map(([of, at]) => {
      const serial = this.openssl('x509', '-in', `${of}.pem`, '-noout', '-serial').trim().split('=')[1]!
      return `R\t400101000000Z\t${at.slice(2)}\t${serial}\tunknown\t/CN=${of}\n`
    })
    writeFileSync(this.at(`${name}.index`), lines.join(''))
    const extensions = extension === '' ? '' : `crl_extensions=extensions\n[extensions]\n${extension}\n`
    writeFileSync(
      this.at(`${name}.cnf`),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${name}.index\ndefault_md=sha256\n${extensions}`,
    )
    const by = ['-config', `${name}.cnf`, '-cert', `${ca}.pem`, '-keyfile', `${ca}.key`]
    const dates = ['-crl_lastupdate', from, '-crl_nextupdate', until]
    this.openssl('ca', '-gencrl', ...by, ...dates, '-out', `${name}.crl`)
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
