/** Which view is shown. It lives in the address behind `#`, so a reload shows the same, and Back goes back. */
import { parseRoute, routeHash, type Route } from './route.ts'

export class Router {
  current: Route = $state.raw(parseRoute(location.hash))

  constructor() {
    window.addEventListener('hashchange', () => (this.current = parseRoute(location.hash)))
  }

  /** Whether an address was given at all: without one, the first view depends on what there is. */
  readonly hasStart = location.hash.length > 2

  go(route: Route): void {
    const hash = routeHash(route)
    if (hash === location.hash) return
    location.hash = hash
    this.current = route
  }
}
