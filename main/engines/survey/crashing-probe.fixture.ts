/** A probe that meets a broken driver: ends as the argument before the engine's id says. */
const how = process.argv.at(-2)
if (how === 'crash') process.kill(process.pid, 'SIGSEGV')
else if (how === 'hang') setInterval(() => undefined, 1000)
else process.send?.({ id: 'onnxruntime-webgpu', devices: 'garbled' }, () => process.exit(0))
