/** Views as addresses behind `#`. */

export type Route =
  | { readonly view: 'compose' }
  | { readonly view: 'runs' }
  | { readonly view: 'run'; readonly run: number }
  | { readonly view: 'data'; readonly dataset: string | null }
  | { readonly view: 'settings' }

export function parseRoute(hash: string): Route {
  const [view, argument] = hash.replace(/^#\/?/, '').split('/')
  switch (view) {
    case 'runs': {
      const run = Number(argument)
      return Number.isInteger(run) && run > 0 ? { view: 'run', run } : { view: 'runs' }
    }
    case 'data':
      return { view: 'data', dataset: argument ? decodeURIComponent(argument) : null }
    case 'settings':
      return { view: 'settings' }
    default:
      return { view: 'compose' }
  }
}

export function routeHash(route: Route): string {
  switch (route.view) {
    case 'run':
      return `#/runs/${route.run}`
    case 'data':
      return route.dataset === null ? '#/data' : `#/data/${encodeURIComponent(route.dataset)}`
    default:
      return `#/${route.view}`
  }
}
