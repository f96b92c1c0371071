/** The window's own origin, instead of file://. */
export const appScheme = 'strata'
export const appHost = 'app'
export const appUrl = `${appScheme}://${appHost}/index.html`

/** The address in parts when it belongs to the origin, else undefined. */
export function parseAppUrl(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined
  const parsed = new URL(url)
  return parsed.protocol === `${appScheme}:` && parsed.host === appHost ? parsed : undefined
}

export function isAppUrl(url: string): boolean {
  return parseAppUrl(url) !== undefined
}
