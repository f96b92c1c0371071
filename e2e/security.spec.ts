/** The window is confined: its own origin, its policy, nothing of Node, no way out. */
import { readFile } from 'node:fs/promises'
import { call } from './fixtures/bridge.ts'
import { expect, test } from './fixtures/studio.ts'

test('every file comes with the content security policy and its type', async ({ page }) => {
  expect(page.url()).toMatch(/^strata:\/\/app\//)
  const files = await page.evaluate(async () => {
    const urls = [
      location.href.split('#')[0]!,
      ...Array.from(document.querySelectorAll<HTMLScriptElement>('script[src]'), (script) => script.src),
    ]
    return Promise.all(
      urls.map(async (url) => {
        const { headers, status } = await fetch(url)
        return {
          status,
          policy: headers.get('content-security-policy') ?? '',
          sniff: headers.get('x-content-type-options'),
          type: headers.get('content-type'),
        }
      }),
    )
  })
  expect(files.length).toBeGreaterThan(1)
  for (const { status, policy, sniff } of files) {
    expect(status).toBe(200)
    expect(sniff).toBe('nosniff')
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(rule)
    }
    expect(policy).not.toMatch(/unsafe-eval|\*|https?:/)
  }
  expect(files.map(({ type }) => type)).toContain('text/javascript; charset=utf-8')
})

test('inline scripts, eval and foreign addresses are blocked', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const violations: string[] = []
    const allTold = new Promise<void>((done) =>
      document.addEventListener('securitypolicyviolation', (event) => {
        violations.push(event.effectiveDirective)
        if (['script-src-elem', 'img-src', 'connect-src'].every((rule) => violations.includes(rule))) done()
      }),
    )
    const script = document.createElement('script')
    script.textContent = 'window.injected = true'
    document.head.append(script)
    const image = new Image()
    const imageSettled = new Promise((done) => (image.onload = image.onerror = done))
    image.src = 'https://example.org/x.png'
    await imageSettled
    const fetched = await fetch('https://example.org/').then(
      () => 'fetched',
      () => 'blocked',
    )
    let evaluated = 'blocked'
    try {
      evaluated = String(new Function('return 1')())
    } catch {
      // As it should be.
    }
    await allTold
    return { injected: 'injected' in window, fetched, evaluated }
  })
  expect(result).toEqual({ injected: false, fetched: 'blocked', evaluated: 'blocked' })
})

test('files outside of the interface are not served', async ({ page }) => {
  const statuses = await page.evaluate(() =>
    Promise.all(
      [
        'strata://app/../package.json',
        'strata://app/..%2f..%2fpackage.json',
        'strata://app/%2e%2e/%2e%2e/package.json',
      ].map(async (url) => (await fetch(url)).status),
    ),
  )
  expect(statuses).toEqual([404, 404, 404])
})

test('the page has nothing of Node', async ({ page }) => {
  const types = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global'].map(
      (name) => typeof (globalThis as Record<string, unknown>)[name],
    ),
  )
  expect(new Set(types)).toEqual(new Set(['undefined']))
})

test('the window neither navigates away nor opens others, and gets no permission', async ({ studio, page }) => {
  await expect(page.getByRole('navigation')).toBeVisible()
  const before = page.url()
  // Playwright would wait for navigations that are denied, so the page is driven through the window itself.
  const attempts = `(async () => {
    const opened = window.open('https://example.org/')
    const link = document.createElement('a')
    link.href = 'https://example.org/'
    document.body.append(link)
    link.click()
    link.target = '_blank'
    link.click()
    link.remove()
    location.assign('https://example.org/')
    const settled = (promise) => promise.then(() => 'granted', () => 'denied')
    return {
      opened: opened === null ? 'denied' : 'granted',
      notifications: await Notification.requestPermission(),
      clipboard: await settled(navigator.clipboard.readText()),
      camera: await settled(navigator.mediaDevices.getUserMedia({ video: true })),
      place: await settled(new Promise((found, failed) => navigator.geolocation.getCurrentPosition(found, failed))),
    }
  })()`
  const outcome = await studio.app.evaluate(async ({ BrowserWindow }, script) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return (await contents?.executeJavaScript(script, true)) as unknown
  }, attempts)
  expect(outcome).toEqual({
    opened: 'denied',
    notifications: 'denied',
    clipboard: 'denied',
    camera: 'denied',
    place: 'denied',
  })
  const after = await studio.app.evaluate(async ({ BrowserWindow }) => {
    const windows = BrowserWindow.getAllWindows()
    const contents = windows[0]?.webContents
    const alive = (await contents?.executeJavaScript(`document.querySelector('nav') !== null`)) as boolean
    return { windows: windows.length, url: contents?.getURL(), alive }
  })
  expect(after).toEqual({ windows: 1, url: before, alive: true })
})

test('a frame inside the window cannot load', async ({ page }) => {
  const loaded = await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    const violation = new Promise<string>((done) =>
      document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true }),
    )
    frame.src = 'strata://app/index.html'
    document.body.append(frame)
    const directive = await violation
    frame.remove()
    return directive
  })
  expect(loaded).toBe('frame-src')
})

test('the preferences of the window are those of a confined one', async ({ studio }) => {
  const settings = await studio.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences()
    return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag }
  })
  expect(settings).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

test('the operating system confines the page', async ({ studio, page }) => {
  const { sandboxed } = await call(page, 'desktop.info', {})
  test.skip(
    process.platform !== 'linux' || !sandboxed,
    'root on Linux has no system sandbox; other systems have no /proc',
  )
  const pid = await studio.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  )
  expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s*2$/m)
})
