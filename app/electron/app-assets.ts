/**
 * What the window's own origin answers. A path is resolved to a real file first (through links and `..`) and must then still lie inside the
 * interface's folder. Every answer carries the content security policy.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { parseAppUrl } from './app-origin.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

export async function answerAsset(folder: string, method: string, url: string): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405)
  const file = await resolveAsset(folder, url)
  const contentType = file === undefined ? undefined : contentTypes[extname(file)]
  if (file === undefined || contentType === undefined) return refusal(404)
  const body = method === 'HEAD' ? null : await readFile(file)
  return new Response(body, { headers: { ...securityHeaders, 'Content-Type': contentType } })
}

/** The real file that `url` names inside `folder`, or undefined. */
async function resolveAsset(folder: string, url: string): Promise<string | undefined> {
  const parsed = parseAppUrl(url)
  const path = parsed && decodePath(parsed.pathname)
  if (path === undefined || path.includes('\0')) return undefined
  try {
    const root = await realpath(folder)
    const file = await realpath(join(root, path === '/' ? 'index.html' : path))
    if (!file.startsWith(root + sep)) return undefined
    return (await stat(file)).isFile() ? file : undefined
  } catch {
    return undefined
  }
}

function decodePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return undefined
  }
}

const securityHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: securityHeaders })
}
