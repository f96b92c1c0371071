/**
 * Development only: the window's own origin, answered by Vite's dev server. The window keeps its address, preload script and gate; only
 * the policy is wider, for Vite's style elements and its connection that announces changes.
 */
import type { Session } from 'electron'
import { appScheme, parseAppUrl } from './app-origin.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'

/** The address that `npm run dev` sets; never looked at in a package. */
export function devServerAddress(packaged: boolean, env = process.env): URL | undefined {
  const address = env['STRATA_DEV_SERVER']
  return packaged || !address || !URL.canParse(address) ? undefined : new URL(address)
}

export function serveDevServer(session: Session, server: URL): void {
  const policy = contentSecurityPolicy
    .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    .replace("connect-src 'self'", `connect-src 'self' ws://${server.host}`)
  session.protocol.handle(appScheme, async (request) => {
    const url = parseAppUrl(request.url)
    if (!url) return new Response(null, { status: 404 })
    const answer = await fetch(new URL(url.pathname + url.search, server))
    const headers = new Headers({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-store' })
    headers.set('Content-Type', answer.headers.get('content-type') ?? 'text/plain')
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers })
  })
}
