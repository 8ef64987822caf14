// Collects the licence texts of every package that ends up in the built files.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param {string} root folder holding node_modules
 * @param {string[]} inputs paths from esbuild's metafile
 * @param {string[]} extra packages used outside esbuild
 * @returns {Promise<string>} one text: name, version, licence id, licence text of each package
 */
export async function licences(root, inputs, extra) {
  const packages = new Set(extra);
  for (const input of inputs) {
    const name = packageOf(input);
    if (name) packages.add(name);
  }
  const parts = [];
  for (const name of [...packages].sort()) parts.push(await notice(join(root, 'node_modules', name), name));
  return `Third-party software in these files\n\n${parts.join('\n')}`;
}

function packageOf(path) {
  const inside = path.split('node_modules/').slice(1).pop();
  if (!inside) return null;
  const [first, second] = inside.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

async function notice(folder, name) {
  const about = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const texts = [];
  for (const file of (await readdir(folder)).sort()) {
    if (/^(licen[cs]e|copying|ofl|notice)/i.test(file)) texts.push((await readFile(join(folder, file), 'utf8')).trim());
  }
  const head = `${name} ${about.version} — ${about.license ?? 'see text'}`;
  return `${'='.repeat(78)}\n${head}\n${'='.repeat(78)}\n${texts.join('\n\n') || '(the package ships no licence file)'}\n`;
}
