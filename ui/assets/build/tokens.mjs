// tokens.json -> gen/tokens.css, and a contrast gate: the build fails when a
// pair of colours drops under its WCAG floor.
import fs from 'node:fs';

const tokens = JSON.parse(fs.readFileSync('assets/build/tokens.json', 'utf8'));

const vars = (group) =>
  Object.entries(group)
    .map(([name, value]) => `  --${name}: ${value};`)
    .join('\n');

fs.mkdirSync('gen', { recursive: true });
fs.writeFileSync(
  'gen/tokens.css',
  `/* generated from assets/build/tokens.json, do not edit */
:root {
${vars(tokens.scale)}
  color-scheme: light;
${vars(tokens.light)}
}
[data-theme="dark"] {
  color-scheme: dark;
${vars(tokens.dark)}
}
@media (prefers-color-scheme: dark) {
:root[data-theme="auto"] {
  color-scheme: dark;
${vars(tokens.dark)}
}
}
`,
);

function luminance(hex) {
  const n = parseInt(hex.slice(1), 16);
  const linear = (byte) => {
    const c = byte / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(n >> 16) + 0.7152 * linear((n >> 8) & 255) + 0.0722 * linear(n & 255);
}

function ratio(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

let failed = false;
for (const theme of ['light', 'dark']) {
  for (const [ink, ground, floor] of tokens.contrast) {
    const got = ratio(tokens[theme][ink], tokens[theme][ground]);
    if (process.argv.includes('-v')) {
      console.log(theme.padEnd(6), ink.padEnd(16), 'on', ground.padEnd(12), got.toFixed(2));
    }
    if (got < floor) {
      failed = true;
      console.error(`contrast: ${theme} ${ink} on ${ground} is ${got.toFixed(2)}, needs ${floor}`);
    }
  }
}
if (failed) process.exit(1);
