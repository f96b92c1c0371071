/** Engines and devices: procedures and events. */
import { z } from 'zod'
import { engineInstallProgress, engineReport, installableEngine } from '../../../experiments/engines/engine-report.ts'
import type { Contract } from '../contract.ts'

const nothing = z.strictObject({})
const engine = z.strictObject({ engine: installableEngine })

export const enginesContract = {
  procedures: {
    /** Looks at all engines again, after something was installed or plugged in; `doctor` tells what was found the last time. */
    'engines.check': { input: nothing, output: z.array(engineReport) },
    /** Installs an engine from what is found here, or from its usual source. Progress comes as events. */
    'engines.install': { input: engine, output: engineReport },
    /** The same from files that are here, an absolute path, or from a mirror. */
    'engines.installFrom': {
      input: engine.extend({
        source: z.string().min(1).optional(),
        mirror: z.url({ protocol: /^https?$/ }).optional(),
        /** Of what the mirror sends: SHA-256 for TensorFlow, SHA-512 for CUDA, in hexadecimal digits. */
        checksum: z
          .string()
          .regex(/^([0-9a-f]{64}|[0-9a-f]{128})$/)
          .optional(),
      }),
      output: engineReport,
    },
    /** Stops an install, which then fails with `cancelled`; what was downloaded is kept for the next one. */
    'engines.cancelInstall': { input: engine, output: z.object({ cancelled: z.boolean() }) },
    /** Removes what was installed; a package beside the studio stays. */
    'engines.remove': { input: engine, output: z.object({ removed: z.boolean() }) },
  },
  events: {
    'engines.progress': engineInstallProgress,
  },
} satisfies Contract
