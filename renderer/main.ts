/** Starts the window: styles, fonts, state, then the first paint with everything in place. */
import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css'
import 'uplot/dist/uPlot.min.css'
import './theme/tokens.css'
import './theme/base.css'
import './components/control.css'
import './components/menu.css'
import { mount } from 'svelte'
import { z } from 'zod'
import App from './App.svelte'
import { bridge } from './bridge/bridge.ts'
import { Studio } from './state/studio.svelte.ts'

// The content security policy forbids eval.
z.config({ jitless: true })

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')

const studio = new Studio(bridge)
// The font is a file of ours: waiting for it costs less than a jump of the text.
await Promise.all([studio.start(), document.fonts.load('13px "Pretendard Variable"')])
mount(App, { target, props: { studio } })
