// Writes dist/THIRD_PARTY.txt: the licence of everything from npm that ends up
// in the pages. A package without a licence file fails the build.
import fs from 'node:fs';
import path from 'node:path';

const { dependencies } = JSON.parse(fs.readFileSync('package.json', 'utf8'));
const parts = [];
for (const name of Object.keys(dependencies).sort()) {
  const dir = path.join('node_modules', name);
  const { version, license } = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
  const file = fs.readdirSync(dir).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) {
    console.error(`${name} brings no licence file`);
    process.exit(1);
  }
  parts.push(`${name} ${version} (${license})\n\n${fs.readFileSync(path.join(dir, file), 'utf8').trim()}\n`);
}
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/THIRD_PARTY.txt', parts.join(`\n${'-'.repeat(72)}\n\n`));
