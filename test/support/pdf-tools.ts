import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { inflateSync } from 'node:zlib'

const run = promisify(execFile)

const has = (command: string): boolean => spawnSync(command, ['--version']).error === undefined

/** Programs of others that look into PDF files, where they are installed (Debian: qpdf, poppler-utils). */
export const QPDF = has('qpdf')
export const POPPLER = has('pdftotext')

const JAVA = '/usr/share/java'
const JARS = [
  'preflight',
  'pdfbox2',
  'fontbox2',
  'xmpbox',
  'commons-logging',
  'commons-io',
  'javax.activation',
  'jaxb-api',
].map((jar) => `${JAVA}/${jar}.jar`)

/** Apache PDFBox Preflight (Debian: libpdfbox2-java, libactivation-java, libjaxb-api-java and a Java). */
export const PREFLIGHT = has('java') && JARS.every((jar) => existsSync(jar))

/** What Preflight says of files as PDF/A-1b; it says so of one after another. */
export async function preflight(files: readonly string[]): Promise<string[]> {
  const said: string[] = []
  for (const file of files) {
    const { stdout } = await run('java', [
      '-cp',
      JARS.join(':'),
      'org.apache.pdfbox.preflight.Validator_A1b',
      file,
    ]).catch((error: { stdout: string; stderr: string }) => ({ stdout: error.stdout + error.stderr }))
    said.push(stdout.trim())
  }
  return said
}

export async function textOf(file: string): Promise<string> {
  const { stdout } = await run('pdftotext', ['-layout', file, '-'])
  return stdout
}

export async function fontsOf(file: string): Promise<string> {
  return (await run('pdffonts', [file])).stdout
}

export async function qpdfCheck(file: string): Promise<string> {
  return (await run('qpdf', ['--check', file])).stdout
}

/** The parts of a PDF file that say what it is, found without a library: its text, and its streams unpacked. */
export function partsOf(pdf: Uint8Array): { readonly text: string; readonly streams: readonly string[] } {
  const text = Buffer.from(pdf).toString('latin1')
  const streams = [...text.matchAll(/\/FlateDecode[^>]*>>\s*stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(
    ([, packed]) => {
      try {
        return inflateSync(Buffer.from(packed!, 'latin1')).toString('latin1')
      } catch {
        return ''
      }
    },
  )
  return { text, streams }
}
