/** The window: Svelte, built into files that the studio's own protocol serves under a strict content security policy. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [svelte()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    // The oldest Chromium that runs the studio is the one in Electron 33.
    target: 'chrome130',
    sourcemap: true,
    // The policy allows no data: URLs in style sheets and scripts.
    assetsInlineLimit: 0,
  },
  server: { host: '127.0.0.1', port: 5199, strictPort: true },
})
