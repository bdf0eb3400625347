import manifest from '../../package.json' with { type: 'json' }

/** What is running: only the same release goes on with what a rebuild has begun, because another may fold otherwise. */
export const RELEASE: string = manifest.version
