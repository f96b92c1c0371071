/** A probe that meets a broken driver: ends as its first argument says. */
const how = process.argv[2]
if (how === 'crash') process.kill(process.pid, 'SIGSEGV')
else if (how === 'hang') setInterval(() => undefined, 1000)
else process.send?.({ id: 'onnxruntime-webgpu', devices: 'garbled' }, () => process.exit(0))
