/**
 * Numbers that a network computes with. `mixed_float16` (Keras' name; AMP in PyTorch) runs convolutions and matrix products in float16, with
 * weights in float32 and a loss scale that finds its size by itself: faster on graphics cards that have float16, slower on a processor.
 */
import { z } from 'zod'

export const precisionSpec = z.enum(['float32', 'mixed_float16'])

export type Precision = z.output<typeof precisionSpec>
