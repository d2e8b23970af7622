// Collects every icon named in a template ({{icon "name"}}) or in Go
// (Icon: "name" or iconName("name")) into one SVG sprite from @tabler/icons.
// An unknown name fails the build.
import fs from 'node:fs';
import path from 'node:path';

const pattern = /\bicon\s+"([a-z0-9-]+)"|\bIcon:\s*"([a-z0-9-]+)"|\biconName\("([a-z0-9-]+)"\)/g;

function* files(dir) {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const name = path.join(dir, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else yield name;
  }
}

const sources = [...files('templates'), ...fs.readdirSync('.').filter((n) => n.endsWith('.go') && !n.endsWith('_test.go'))];
const used = new Set();
for (const file of sources) {
  for (const match of fs.readFileSync(file, 'utf8').matchAll(pattern)) {
    used.add(match[1] ?? match[2] ?? match[3]);
  }
}

let sprite = '<svg xmlns="http://www.w3.org/2000/svg">';
let failed = false;
for (const name of [...used].sort()) {
  const file = `node_modules/@tabler/icons/icons/outline/${name}.svg`;
  if (!fs.existsSync(file)) {
    console.error(`no such icon: ${name}`);
    failed = true;
    continue;
  }
  const body = fs
    .readFileSync(file, 'utf8')
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, '')
    .replace('</svg>', '')
    .replace(/\n\s*/g, '')
    .trim();
  sprite += `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
}
if (failed) process.exit(1);
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/icons.svg', sprite + '</svg>');
