import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { derOf, type GostMeans } from '#integrity/cms/means.ts'
import { type TurnLimits, Turns } from './turns.ts'

/** Milliseconds after which the program is stopped: it answers within some tens. */
const PATIENCE = 10_000
/** How many of it run at once, and how many questions wait for one: a check has three, one after the other. */
const TURNS: TurnLimits = { atOnce: 2, waiting: 32, patience: PATIENCE }
/** Bytes that it may say. A statement comes back whole, and is some hundreds. */
const MOST_SAID = 65_536
/** What it is told of our environment: where it finds itself and its engine, and no password of ours. */
const PASSED_ON = ['PATH', 'LD_LIBRARY_PATH', 'OPENSSL_CONF', 'OPENSSL_ENGINES', 'OPENSSL_MODULES'] as const
const ENGINE = ['-engine', 'gost'] as const
/** Nobody is trusted but those named: not the authorities of the machine. */
const NAMED_ALONE = ['-no-CApath', '-no-CAstore'] as const
/** ГОСТ Р 34.11-2012 of no bytes, 256 bits: what a program that knows the digest answers. */
const DIGEST_OF_NOTHING = '3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb'

/**
 * Signatures by Russian algorithms, by the program openssl with its engine gost. Only its exit codes and the bytes of a
 * digest are believed, never its messages: they differ from one version to the next.
 *
 * The digest is asked for first. A program without the engine has none, so that after it a refusal is one of the
 * signature, and not a lack of means. No more than a few run at once, whoever asks: beyond that nothing is said of a
 * signature, and the asking ends with a `NoTurn`.
 */
export function opensslGost(program: string, patience = PATIENCE, limits = TURNS): GostMeans {
  const turns = new Turns(limits)
  const ask = (args: readonly string[], files: Files): Promise<Answer | null> =>
    turns.take(() => withFiles(files, (folder) => run(program, args, folder, patience)))
  return (bits) => ({
    async digest(content) {
      const args = ['dgst', ...ENGINE, `-md_gost12_${bits}`, '-binary', 'content']
      const answer = await ask(args, { content })
      return answer?.code === 0 && answer.said.length === bits / 8 ? answer.said.toString('hex') : null
    },

    /** Of the signature as it is recorded, so that whoever has the certificate finds what was found here. */
    async isSigned({ bare, own, content }) {
      const of = ['-binary', '-inform', 'DER', '-in', 'signature', '-content', 'content']
      const args = ['cms', '-verify', ...ENGINE, ...of, '-certfile', 'own', '-noverify']
      const answer = await ask(args, { signature: bare, content, own: pem([derOf(own)]) })
      return answer === null ? null : answer.code === 0
    },

    async isTrusted({ own, others }, trusted, at) {
      if (trusted.length === 0) return false
      const instant = String(Math.floor(Date.parse(at) / 1_000))
      const between = others.length === 0 ? [] : ['-untrusted', 'others']
      const by = ['-CAfile', 'trusted', ...NAMED_ALONE, ...between]
      const args = ['verify', ...ENGINE, ...by, '-purpose', 'any', '-attime', instant, 'own']
      const files = { own: pem([derOf(own)]), others: pem(others.map(derOf)), trusted: pem(trusted) }
      const answer = await ask(args, files)
      return answer === null ? null : answer.code === 0
    },

    // The program says of a list only whether a whole chain is good by it, which does not tell a list that nobody signed
    // from a certificate that is named in it.
    isListSigned: async () => null,
  })
}

/** The version of a program that knows Russian algorithms; null where there is none, or one without its engine. */
export async function gostVersion(program: string): Promise<string | null> {
  const digest = await opensslGost(program)(256).digest(new Uint8Array())
  if (digest !== DIGEST_OF_NOTHING) return null
  const version = await withFiles({}, (folder) => run(program, ['version'], folder, PATIENCE))
  return version?.said.toString('utf8').trim() ?? null
}

interface Answer {
  readonly code: number
  readonly said: Buffer
}

type Files = Readonly<Record<string, string | Uint8Array>>

/** Asks in a folder that holds these files and that only we may enter; it is gone afterwards. */
async function withFiles<T>(files: Files, asks: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'letopis-signature-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content, { mode: 0o600 })
    }
    return await asks(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs a program without a shell. Null is one that is not here, that had to be stopped or said too much. */
function run(program: string, args: readonly string[], cwd: string, timeout: number): Promise<Answer | null> {
  const env = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]))
  const limits = { timeout, killSignal: 'SIGKILL', maxBuffer: MOST_SAID } as const
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd, env, encoding: 'buffer', ...limits }, (error, said) => {
      if (error === null) resolve({ code: 0, said })
      else resolve(typeof error.code === 'number' ? { code: error.code, said } : null)
    })
    // It has nothing to read from us; one that is not here has no entrance either.
    child.stdin?.on('error', () => {}).end()
  })
}

/** Certificates as the program reads several of them from one file. */
function pem(certificates: readonly Uint8Array[]): string {
  return certificates
    .map((der) =>
      Buffer.from(der)
        .toString('base64')
        .replaceAll(/.{1,64}/g, '$&\n'),
    )
    .map((lines) => `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`)
    .join('')
}
