/** Engines and devices: procedures and events. */
import { z } from 'zod'
import { engineReport } from '../../../experiments/engines/engine-report.ts'
import type { Contract } from '../contract.ts'

const nothing = z.strictObject({})

export const enginesContract = {
  procedures: {
    /** Looks at all engines again, after something was installed or plugged in; `doctor` tells what was found the last time. */
    'engines.check': { input: nothing, output: z.array(engineReport) },
  },
  events: {},
} satisfies Contract
