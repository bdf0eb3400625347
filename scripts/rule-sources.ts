import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type Module, parseSync } from '@swc/core'
import { REASONS, type Reason } from '#commands/refusal.ts'
import { type EventType, registry } from '#events/registry.ts'

export const ROOT = resolve(import.meta.dirname, '..')

/** What the source of a rule says: the events that it may record and the reasons for which it may refuse. */
export interface RuleSource {
  readonly file: string
  readonly events: readonly EventType[]
  readonly reasons: readonly Reason[]
}

interface Declaration {
  readonly literals: ReadonlySet<string>
  readonly names: ReadonlySet<string>
}

interface Source {
  readonly declarations: ReadonlyMap<string, Declaration>
  /** The local name of what is imported from another file of `src/commands`. */
  readonly imports: ReadonlyMap<string, { readonly file: string; readonly name: string }>
}

const sources = new Map<string, Source>()

/** `record-marks` → `recordMarks` */
export function camelCase(kebab: string): string {
  return kebab.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** The file of a command, found by its name: `src/commands/journal-page/record-marks.ts`; undefined when there is none. */
export function ruleFile(name: string): string | undefined {
  return globSync(`src/commands/*/${name}.ts`, { cwd: ROOT })[0]
}

/**
 * Reads the rule of a command, and whatever it calls in `src/commands`, for the reasons and the events named there.
 * A helper's reason counts for every rule that uses the helper: it may refuse with it.
 */
export function ruleSource(name: string): RuleSource {
  const file = ruleFile(name)
  if (file === undefined) throw new Error(`no file src/commands/*/${name}.ts for the command ${name}`)
  return { file, ...saidBy(file, camelCase(name)) }
}

/** Every text in quotes and every name of a thing in a file; what stands in types is left out. */
export function contentOfFile(file: string): Declaration {
  return contentOf(parse(file))
}

/** What {@link ruleSource} says, for any declaration of a file below `src/commands`. */
export function saidBy(file: string, name: string): Omit<RuleSource, 'file'> {
  const literals = literalsFrom(file, name, new Set())
  return {
    events: (Object.keys(registry) as EventType[]).filter((type) => literals.has(type)),
    reasons: REASONS.filter((reason) => literals.has(reason)),
  }
}

function literalsFrom(file: string, name: string, seen: Set<string>): Set<string> {
  const found = new Set<string>()
  const key = `${file}#${name}`
  if (seen.has(key)) return found
  seen.add(key)
  const { declarations, imports } = sourceOf(file)
  const imported = imports.get(name)
  if (imported !== undefined) return literalsFrom(imported.file, imported.name, seen)
  const declaration = declarations.get(name)
  if (declaration === undefined) return found
  for (const literal of declaration.literals) found.add(literal)
  for (const used of declaration.names) {
    for (const literal of literalsFrom(file, used, seen)) found.add(literal)
  }
  return found
}

function sourceOf(file: string): Source {
  const known = sources.get(file)
  if (known !== undefined) return known
  const declarations = new Map<string, Declaration>()
  const imports = new Map<string, { file: string; name: string }>()
  for (const item of parse(file).body) {
    if (item.type === 'ImportDeclaration') {
      const from = commandsFile(file, item.source.value)
      if (from === null || item.typeOnly) continue
      for (const specifier of item.specifiers) {
        if (specifier.type !== 'ImportSpecifier') continue
        const name = specifier.imported?.value ?? specifier.local.value
        imports.set(specifier.local.value, { file: from, name })
      }
      continue
    }
    const declared = item.type === 'ExportDeclaration' ? item.declaration : item
    if (declared.type === 'FunctionDeclaration' || declared.type === 'ClassDeclaration') {
      declarations.set(declared.identifier.value, contentOf(declared))
    } else if (declared.type === 'VariableDeclaration') {
      for (const { id, init } of declared.declarations) {
        if (id.type === 'Identifier') declarations.set(id.value, contentOf(init))
      }
    }
  }
  const source = { declarations, imports }
  sources.set(file, source)
  return source
}

function parse(file: string): Module {
  return parseSync(readFileSync(join(ROOT, file), 'utf8'), { syntax: 'typescript', target: 'es2024' })
}

function commandsFile(from: string, specifier: string): string | null {
  const file = specifier.startsWith('#commands/')
    ? specifier.replace('#commands/', 'src/commands/')
    : specifier.startsWith('.')
      ? relative(ROOT, resolve(ROOT, dirname(from), specifier))
      : null
  return file?.startsWith('src/commands/') ? file : null
}

// Types say what might be, expressions what is: only these nodes of TypeScript hold an expression.
const EXPRESSIONS = new Set([
  'TsAsExpression',
  'TsSatisfiesExpression',
  'TsNonNullExpression',
  'TsConstAssertion',
])

function contentOf(declaration: unknown): Declaration {
  const literals = new Set<string>()
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const element of value) visit(element)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    const node = value as Readonly<Record<string, unknown>>
    const { type } = node
    if (typeof type === 'string' && type.startsWith('Ts') && !EXPRESSIONS.has(type)) return
    if (type === 'StringLiteral') literals.add(String(node['value']))
    if (type === 'Identifier') names.add(String(node['value']))
    for (const [field, child] of Object.entries(node)) {
      const isName = isIdentifier(child)
      const isKey = field === 'key' || (type === 'MemberExpression' && field === 'property')
      if (!(isName && isKey)) visit(child)
    }
  }
  visit(declaration)
  return { literals, names }
}

function isIdentifier(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Identifier'
}
