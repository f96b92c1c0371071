import { expect, test } from 'vitest'
import { reasonForNoWindow } from './display.mjs'

test.each([
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['linux', { DISPLAY: ':99', CI: 'true' }, true],
  ['linux', {}, false],
  ['linux', { DISPLAY: ':0', STRATA_HEADLESS: '1' }, false],
  ['linux', { DISPLAY: ':0', STRATA_HEADLESS: '0' }, true],
  ['darwin', {}, true],
  ['darwin', { CI: 'true' }, false],
  ['win32', {}, true],
  ['win32', { STRATA_HEADLESS: '1' }, false],
] as const)('%s with %o opens a window: %s', (platform, env, opens) => {
  expect(reasonForNoWindow(env, platform) === null).toBe(opens)
})
