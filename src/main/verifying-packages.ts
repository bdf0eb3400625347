import { NewerVersion } from '#events/registry.ts'
import { PackageTampered, type Tampering } from '#integrity/archive/package-refused.ts'
import { type VerifiedPackage, verifyPackage } from '#integrity/archive/verify-package.ts'
import { Malformed } from '#integrity/tlog/malformed.ts'
import { Discrepancy } from './discrepancy.ts'
import { packageSignatures, type SignaturesAsked } from './package-signatures.ts'
import { progress } from './progress.ts'
import {
  type Asked,
  type Found,
  NOT_EXTERNAL,
  NotProven,
  pinnedOf,
  trustOf,
  type Verdict,
  verdict,
} from './verifying.ts'

const SCOPES: Readonly<Record<VerifiedPackage['scope']['kind'], string>> = {
  page: 'страница журнала',
  'class-period': 'журналы класса за период',
  'class-year': 'журналы класса за год',
  summary: 'сводная ведомость',
  pupil: 'выписка обучающегося',
}

/** A package of the archive, from its bytes alone, with the signatures of people under it. */
export function verifyPackageFile(path: string, asked: Asked & SignaturesAsked): Promise<Verdict> {
  return verdict(asked.strict, async () => {
    const trust = trustOf(asked)
    const pinned = pinnedOf(asked, trust)
    const bar = progress('Проверка пакета')
    const found = named(() => verifyPackage(path, trust, bar.to), bar.end)
    const same = pinned.filter(
      ({ checkpoint }) => checkpoint.size === found.size && checkpoint.origin === found.origin,
    )
    for (const { checkpoint, where } of same) {
      if (Buffer.compare(checkpoint.root, found.root) !== 0) {
        throw new NotProven(
          `${where} и контрольная точка пакета: два разных дерева одного размера ${found.size}. Оба файла вместе — доказательство подлога.`,
        )
      }
    }
    const { scope, school } = found
    const described = describePackage(found)
    const { signatures, lines, warnings } = await packageSignatures(path, school, asked)
    return {
      ...described,
      lines: [...described.lines, ...lines],
      json: { ...described.json, pinned: pinned.length, signatures },
      warnings: [
        ...warnings,
        ...(same.length === 0 && trust.quorum === 0 ? [NOT_EXTERNAL] : []),
        ...(scope.kind === 'pupil'
          ? [
              'выписка не содержит записей: доказано, что её выдала школа, а не то, что она следует из журнала.',
            ]
          : []),
      ],
    }
  })
}

/** What a verified package is, for people and for programs. */
export function describePackage(found: VerifiedPackage): Pick<Found, 'lines' | 'json' | 'anchored'> {
  const { bag, school, scope, records, streams, files, retainUntil, signed, voided, origin, root } = found
  return {
    lines: [
      `Пакет ${bag}, школа ${school}: ${SCOPES[scope.kind]}; записей ${records} из потоков ${streams}, файлов ${files}.`,
      `Хранить до ${retainUntil}. Недействительных операций: ${voided}.`,
      ...(signed ? [`Пакет подписан ключом ${origin}, которому верят.`] : []),
    ],
    json: { ...found, root: root.toString('base64') },
    anchored: found.anchored && signed,
  }
}

/** What was found, with the file and the place that it was found at. */
export class PackageDiffers extends Discrepancy {
  readonly place: object

  constructor(error: PackageTampered) {
    super(said(error), { cause: error })
    this.place = error.where
  }
}

/** Says of what was found wrong where it is, in words. */
export function named<Verified>(work: () => Verified, end: () => void = () => {}): Verified {
  try {
    return work()
  } catch (error) {
    if (error instanceof PackageTampered) throw new PackageDiffers(error)
    if (error instanceof NewerVersion) throw new Malformed(error.message, { cause: error })
    throw error
  } finally {
    end()
  }
}

const WORDS: Readonly<Record<Tampering, string>> = {
  'file-differs': 'содержимое не то, что в описи',
  'file-missing': 'файла нет, а в описи он есть',
  'file-unlisted': 'файл есть, а в описи его нет',
  'manifests-differ': 'описи не те, что подписаны',
  'leaf-differs': 'запись не та, что стоит на этом месте журнала событий',
  'record-bad': 'это не та запись, которая была сделана',
  'tree-differs': 'дерево не то, что подписано',
  incomplete: 'записей не столько, сколько было запечатано, или они не на своих местах',
  'stream-not-sealed': 'запись потока, которого в пакете быть не должно',
  'head-differs': 'поток кончается не той записью',
  'void-set-differs': 'список недействительных операций не тот, что запечатан',
  'fold-differs': 'журнал не следует из записей',
  'content-differs': 'в пакете не то, что запечатано в журнале событий',
  'other-package': 'это от другого пакета',
}

function said({ what, where: { file, leaf, stream, rev } }: PackageTampered): string {
  const which = stream === undefined ? '' : `, поток ${stream}, ревизия ${rev}`
  return `${file}${leaf === undefined ? '' : `, лист ${leaf}`}${which}: ${WORDS[what]}.`
}
