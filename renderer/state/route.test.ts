import { expect, test } from 'vitest'
import { parseRoute, routeHash } from './route.ts'

test.each([
  ['', { view: 'compose' }],
  ['#/compose', { view: 'compose' }],
  ['#/compose/a1', { view: 'compose', document: 'a1' }],
  ['#/runs', { view: 'runs' }],
  ['#/runs/12', { view: 'run', run: 12 }],
  ['#/runs/-1', { view: 'runs' }],
  ['#/data/fashion-mnist', { view: 'data', dataset: 'fashion-mnist' }],
  ['#/ensemble/3,1', { view: 'ensemble', runs: [3, 1] }],
  ['#/settings', { view: 'settings' }],
  ['#/nowhere', { view: 'compose' }],
] as const)('%s', (hash, route) => expect(parseRoute(hash)).toEqual(route))

test.each(['#/runs/12', '#/data/my%20set', '#/settings', '#/compose', '#/compose/a1', '#/ensemble/3,1'])(
  '%s survives the way there and back',
  (hash) => {
    expect(routeHash(parseRoute(hash))).toBe(hash)
  },
)
