/** What the window and the terminal both call the ways of a device with float16. */
import type { Float16Support } from './engine-report.ts'

type Words = Readonly<Record<Float16Support, string>>

const english: Words = { kernels: 'float16', rounded: 'float16 by rounding', none: 'no float16' }
const korean: Words = { kernels: 'float16', rounded: 'float16(반올림 방식)', none: 'float16 없음' }

export const float16Words: Readonly<Record<'en' | 'ko', Words>> = { en: english, ko: korean }
