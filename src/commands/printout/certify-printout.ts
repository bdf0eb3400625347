import { z } from 'zod'
import { Sha256 } from '#events/printout.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { printoutFold } from './state.ts'

const CertifyPrintout = z.strictObject({
  printout: Uuid,
  digest: Sha256.describe('SHA-256 файла, с которого сделана бумага: sha256sum'),
})

/**
 * The head has certified the paper with signature and seal: what is recorded names the file by its hash, so that it is
 * known which paper that is (R-2.14b, R-3.1).
 */
export const certifyPrintout = defineCommand({
  name: 'certify-printout',
  path: 'printouts/:printout',
  summary: 'Заверить распечатку: подпись и печать поставлены на бумаге с этим файлом',
  operation: '33',
  input: CertifyPrintout,
  fold: printoutFold,
  stream: ({ printout }) => printout,
  needs: [],
  decide({ input, state }) {
    const { printout, digest } = input
    const { issued, certified } = state
    if (issued === null) return refuse('printout-unknown', { printout })
    if (issued.digest !== digest) return refuse('printout-differs', { printout, digest: issued.digest })
    if (certified !== null) return refuse('printout-certified', { printout, at: certified.at })
    return [{ type: 'PrintoutCertified', data: { printout, digest } }]
  },
})
