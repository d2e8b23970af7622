// One entry per surface. Output names are stable: the server adds the content
// hash to their URLs. Fonts and shared chunks carry their hash in the name.
import fs from 'node:fs';
import esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
const options = {
  entryPoints: {
    app: 'assets/ts/app.ts',
    calendar: 'assets/ts/calendar.ts',
    scan: 'assets/ts/scan.ts',
    'qr-worker': 'assets/ts/qr-worker.ts',
    style: 'assets/css/style.css',
  },
  bundle: true,
  minify: !watch,
  format: 'esm',
  splitting: true,
  sourcemap: watch,
  target: ['chrome111', 'safari16.4', 'firefox121'],
  loader: { '.woff2': 'file' },
  assetNames: 'font/[name]-[hash]',
  chunkNames: 'chunk/[name]-[hash]',
  outdir: 'dist',
  legalComments: 'linked',
  logLevel: 'info',
};

for (const folder of ['font', 'chunk']) {
  fs.rmSync(`dist/${folder}`, { recursive: true, force: true });
}
if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
