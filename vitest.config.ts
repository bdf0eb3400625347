import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// The processes that tests start, and the workers themselves, compile each file once and not at every start.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/letopis/compiled')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/run.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: '100%',
    // Files share the modules of their worker: loading those anew for each was a third of the whole time. No test
    // replaces a module, and none keeps anything in one.
    isolate: false,
  },
})
