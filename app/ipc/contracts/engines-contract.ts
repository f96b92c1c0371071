/** Engines and devices: procedures and events. */
import { z } from 'zod'
import { engineInstallProgress, engineReport } from '../../../experiments/engines/engine-report.ts'
import type { Contract } from '../contract.ts'

const nothing = z.strictObject({})
/** Engines that can be installed on demand. */
const engine = z.literal('tensorflow')

export const enginesContract = {
  procedures: {
    /** Looks at all engines again, after something was installed or plugged in; `doctor` tells what was found the last time. */
    'engines.check': { input: nothing, output: z.array(engineReport) },
    /** Installs an engine from what is found here, or from its usual source. Progress comes as events. */
    'engines.install': { input: z.strictObject({ engine }), output: engineReport },
    /** The same from a folder, an absolute path, or from a mirror. */
    'engines.installFrom': {
      input: z.strictObject({
        engine,
        libtensorflow: z.string().min(1).optional(),
        mirror: z.url({ protocol: /^https?$/ }).optional(),
        /** Of the archive on the mirror. */
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
      }),
      output: engineReport,
    },
    /** Removes what was installed; a package beside the studio stays. */
    'engines.remove': { input: z.strictObject({ engine }), output: z.object({ removed: z.boolean() }) },
  },
  events: {
    'engines.progress': engineInstallProgress,
  },
} satisfies Contract
