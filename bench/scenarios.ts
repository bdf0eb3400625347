import type { Scenario } from './scenario.ts'
import { append } from './scenarios/append.ts'
import { breach } from './scenarios/breach.ts'
import { command } from './scenarios/command.ts'
import { eventstore } from './scenarios/eventstore.ts'
import { http } from './scenarios/http.ts'
import { lag } from './scenarios/lag.ts'
import { logRead } from './scenarios/log-read.ts'
import { packages } from './scenarios/packages.ts'
import { projections } from './scenarios/projections.ts'
import { reads } from './scenarios/reads.ts'
import { region } from './scenarios/region.ts'
import { wholeSchool } from './scenarios/school.ts'
import { seal } from './scenarios/seal.ts'

/** Every scenario, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  append,
  command,
  http,
  logRead,
  projections,
  lag,
  reads,
  eventstore,
  region,
  breach,
  wholeSchool,
  seal,
  packages,
]
