// Builds ../static/dist from src/: hashed files, manifest.json, icon sprite, licences, gzip copies.
// Usage: node build.mjs [--hash SOURCES_HASH]; `build.py` gives the hash so that it can skip an unchanged build.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { iconSprite } from './src/icons/sprite.mjs';
import { licences } from './licences.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, '..', 'static', 'dist');
const staging = `${target}.new`;

// Markup with inline styles is forbidden by the strict policy. The panel's container needs none (editor.css says
// the same), and icons can say it in attributes. The text editor inside cells writes its style sheet into a
// <style> element where it could adopt it.
const withoutInlineStyles = {
  name: 'without-inline-styles',
  setup({ onLoad }) {
    const change = (filter, pattern, replacement) =>
      onLoad({ filter }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source.replace(pattern, replacement);
        if (contents === source) throw new Error(`${path} holds no inline style any more: is this step still needed?`);
        return { contents, loader: 'js' };
      });
    change(/bpmn-js-properties-panel[\\/]dist[\\/]index\.esm\.js$/, /<div style="height: 100%" /g, '<div ');
    change(/style-mod[\\/]src[\\/]style-mod\.js$/, '!root.head && root.adoptedStyleSheets', 'root.adoptedStyleSheets');
    change(/(Align|Distribute)ElementsIcons\.js$/, / style="([^"]+)"/g, (_, style) => style.split(';').filter(Boolean)
      .map((part) => part.split(':')).map(([name, value]) => ` ${name.trim()}="${value.trim()}"`).join(''));
  },
};

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  metafile: true,
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  legalComments: 'none',
  charset: 'utf8',
  entryNames: '[name]-[hash]',
  chunkNames: 'chunks/[name]-[hash]',
  assetNames: 'files/[name]-[hash]',
  loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty', '.bpmn': 'text' },
  logLevel: 'warning',
};

// islands: modules that share chunks
const modules = {
  ...shared,
  entryPoints: { app: 'src/app/index.js', viewer: 'src/diagram/viewer.js', modeler: 'src/modeler/modeler.js', decision: 'src/decision/decision.js' },
  format: 'esm',
  splitting: true,
  plugins: [withoutInlineStyles],
  jsx: 'automatic',
  jsxImportSource: '@bpmn-io/properties-panel/preact',
  outdir: staging,
};

// runs before the first paint, so it must be a classic script
const early = { ...shared, entryPoints: { theme: 'src/app/theme.js' }, format: 'iife', outdir: staging };

const styles = {
  ...shared,
  entryPoints: { app: 'src/styles/app.css', viewer: 'src/diagram/viewer.css', modeler: 'src/modeler/modeler.css', decision: 'src/decision/decision.css' },
  outdir: staging,
};

const started = performance.now();
await rm(staging, { recursive: true, force: true });
await mkdir(staging, { recursive: true });

const results = await Promise.all([build(modules), build(early), build(styles)]);
const files = {};
const imports = {};
for (const { metafile } of results) {
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    const name = outputName(path);
    const plain = basename(path).replace(/-[A-Z0-9]{8}(?=\.\w+$)/, '');
    files[plain] = name;
    const chunks = staticImports(metafile, path);
    if (chunks.length) imports[plain] = chunks.map(outputName);
  }
}

const sprite = await iconSprite(join(here, 'node_modules', 'bootstrap-icons', 'icons'), join(here, 'src', 'icons'));
await emit('icons.svg', sprite);

const favicon = (await readFile(join(here, 'src', 'icons', 'mark.svg'), 'utf8')).replace('<path', '<path fill="#0b5a5e"');
await emit('favicon.svg', favicon);

const bundled = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile(join(staging, 'THIRD-PARTY-LICENSES.txt'), await licences(here, bundled, ['bootstrap-icons']));

const sources = process.argv.includes('--hash') ? process.argv[process.argv.indexOf('--hash') + 1] : null;
await writeFile(join(staging, 'manifest.json'), JSON.stringify({ sources, files: sorted(files), imports: sorted(imports) }, null, 2));

const sizes = await compress(staging);
await rm(target, { recursive: true, force: true });
await rename(staging, target);

for (const [name, file] of Object.entries(sorted(files))) {
  const { raw, gzip } = total([file, ...(imports[name] ?? [])], sizes);
  console.log(`  ${name.padEnd(12)} ${kib(raw)} KiB  ${kib(gzip)} KiB gz`);
}
console.log(`  built in ${((performance.now() - started) / 1000).toFixed(2)} s`);

async function emit(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  files[name] = name.replace('.', `-${hash}.`);
  await writeFile(join(staging, files[name]), content);
}

function outputName(path) {
  return relative(staging, join(here, path)).replaceAll('\\', '/');
}

function staticImports(metafile, path, found = new Set()) {
  for (const { path: next, kind } of metafile.outputs[path].imports) {
    if (kind !== 'import-statement' || found.has(next)) continue;
    found.add(next);
    staticImports(metafile, next, found);
  }
  return [...found];
}

async function compress(folder) {
  const measured = {};
  for (const entry of await readdir(folder, { recursive: true })) {
    const path = join(folder, entry);
    if (!(await stat(path)).isFile() || !['.js', '.css', '.svg'].includes(extname(path))) continue;
    const raw = await readFile(path);
    const gzip = gzipSync(raw, { level: 9 });
    await writeFile(`${path}.gz`, gzip);
    measured[relative(folder, path).replaceAll('\\', '/')] = { raw: raw.length, gzip: gzip.length };
  }
  return measured;
}

function total(names, measured) {
  return names.reduce(
    (sum, name) => ({ raw: sum.raw + measured[name].raw, gzip: sum.gzip + measured[name].gzip }),
    { raw: 0, gzip: 0 },
  );
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a.localeCompare(b)));
}

function kib(bytes) {
  return (bytes / 1024).toFixed(1).padStart(7);
}
