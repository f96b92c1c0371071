/** An entry of a menu. */
import type { Component } from 'svelte'

export interface MenuAction {
  label: string
  icon: Component<{ size?: number | string }>
  run: () => void
  keys?: string
  danger?: boolean
  disabled?: boolean
}
