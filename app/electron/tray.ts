/** The icon beside the clock. Where the system has no place for one, there is none, and nothing else changes. */
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron'
import { trayPixels } from './tray-icon.ts'
import type { TrayAction, TrayItem, TrayModel } from './tray-model.ts'

const iconSize = 16

export class StudioTray {
  readonly #run: (action: TrayAction) => void
  #tray: Tray | undefined
  #shown: TrayModel | undefined
  /** Why there is none. */
  #problem: unknown

  constructor(run: (action: TrayAction) => void) {
    this.#run = run
  }

  /** Cheap where nothing changed. */
  show(model: TrayModel): void {
    if (this.#problem !== undefined) return
    const shown = this.#shown
    if (JSON.stringify(shown) === JSON.stringify(model)) return
    this.#shown = model
    try {
      const tray = (this.#tray ??= this.#create(model))
      if (shown && (shown.tone !== model.tone || shown.lit !== model.lit)) tray.setImage(iconOf(model))
      if (shown?.tooltip !== model.tooltip) tray.setToolTip(model.tooltip)
      if (JSON.stringify(shown?.items) !== JSON.stringify(model.items)) {
        tray.setContextMenu(Menu.buildFromTemplate(model.items.map((item) => this.#entry(item))))
      }
    } catch (problem) {
      this.#problem = problem
      console.error('no icon beside the clock:', problem)
    }
  }

  close(): void {
    this.#tray?.destroy()
    this.#tray = undefined
  }

  #create(model: TrayModel): Tray {
    const tray = new Tray(iconOf(model))
    tray.on('click', () => this.#run('open'))
    return tray
  }

  #entry(item: TrayItem): MenuItemConstructorOptions {
    if (item.kind === 'separator') return { type: 'separator' }
    if (item.kind === 'text') return { label: item.label, enabled: false }
    return { label: item.label, enabled: item.enabled, click: () => this.#run(item.action) }
  }
}

function iconOf({ tone, lit }: TrayModel): NativeImage {
  const image = nativeImage.createEmpty()
  for (const scaleFactor of [1, 2]) {
    const size = iconSize * scaleFactor
    const buffer = Buffer.from(trayPixels(tone, lit, size))
    const bitmap = nativeImage.createFromBitmap(buffer, { width: size, height: size })
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer: bitmap.toPNG() })
  }
  return image
}
