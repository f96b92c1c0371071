/** Views as addresses behind `#`. */

export type Route =
  /** With the key of a document that is open for drawing; without one, the networks to choose from. */
  | { readonly view: 'compose'; readonly document?: string }
  | { readonly view: 'queue' }
  | { readonly view: 'runs' }
  | { readonly view: 'run'; readonly run: number }
  | { readonly view: 'compare'; readonly runs: readonly number[] }
  | { readonly view: 'ensemble'; readonly runs: readonly number[] }
  | { readonly view: 'sweeps'; readonly sweep: number | null }
  | { readonly view: 'data'; readonly dataset: string | null }
  | { readonly view: 'settings' }

export function parseRoute(hash: string): Route {
  const [view, argument] = hash.replace(/^#\/?/, '').split('/')
  switch (view) {
    case 'runs': {
      const run = Number(argument)
      return isRunNumber(run) ? { view: 'run', run } : { view: 'runs' }
    }
    case 'queue':
      return { view: 'queue' }
    case 'compare':
      return { view: 'compare', runs: (argument ?? '').split(',').map(Number).filter(isRunNumber) }
    case 'ensemble':
      return { view: 'ensemble', runs: (argument ?? '').split(',').map(Number).filter(isRunNumber) }
    case 'sweeps': {
      const sweep = Number(argument)
      return { view: 'sweeps', sweep: isRunNumber(sweep) ? sweep : null }
    }
    case 'data':
      return { view: 'data', dataset: argument ? decodeURIComponent(argument) : null }
    case 'settings':
      return { view: 'settings' }
    default:
      return argument ? { view: 'compose', document: decodeURIComponent(argument) } : { view: 'compose' }
  }
}

export function routeHash(route: Route): string {
  switch (route.view) {
    case 'compose':
      return route.document === undefined ? '#/compose' : `#/compose/${encodeURIComponent(route.document)}`
    case 'run':
      return `#/runs/${route.run}`
    case 'compare':
      return route.runs.length === 0 ? '#/compare' : `#/compare/${route.runs.join(',')}`
    case 'ensemble':
      return route.runs.length === 0 ? '#/ensemble' : `#/ensemble/${route.runs.join(',')}`
    case 'sweeps':
      return route.sweep === null ? '#/sweeps' : `#/sweeps/${route.sweep}`
    case 'data':
      return route.dataset === null ? '#/data' : `#/data/${encodeURIComponent(route.dataset)}`
    default:
      return `#/${route.view}`
  }
}

function isRunNumber(value: number): boolean {
  return Number.isInteger(value) && value > 0
}
