// The icons the pages use, as one SVG sprite: <use href="icons.svg#NAME">.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** our name → Bootstrap Icons name */
const ICONS = {
  inbox: 'inbox', document: 'file-earmark-text', plan: 'list-check', tree: 'diagram-3', report: 'clipboard-data',
  board: 'bar-chart-line', process: 'bezier2', organisation: 'building', webhook: 'broadcast', people: 'people',
  bell: 'bell', search: 'search', person: 'person-circle', language: 'translate', 'sign-out': 'box-arrow-right',
  menu: 'list', close: 'x-lg', more: 'three-dots', settings: 'gear', calendar: 'calendar3', help: 'question-circle',
  'check-circle': 'check-circle-fill', check: 'check-lg', clock: 'clock', 'clock-history': 'clock-history',
  alarm: 'alarm', hourglass: 'hourglass-split', warning: 'exclamation-triangle-fill', late: 'exclamation-circle-fill',
  error: 'x-octagon-fill', info: 'info-circle', return: 'arrow-return-left', redo: 'arrow-repeat',
  pause: 'pause-circle', cancel: 'slash-circle', none: 'dash-circle', new: 'circle', progress: 'play-circle',
  move: 'arrows-move', plus: 'plus-lg', minus: 'dash-lg', fit: 'arrows-fullscreen', 'chevron-right': 'chevron-right',
  'chevron-left': 'chevron-left', 'chevron-down': 'chevron-down', 'chevron-up': 'chevron-up',
  attachment: 'paperclip', edit: 'pencil', delete: 'trash', download: 'download', upload: 'upload', eye: 'eye',
  send: 'send', comment: 'chat-left-text', keyboard: 'keyboard', dark: 'moon-stars', light: 'sun',
  system: 'circle-half', save: 'floppy', saved: 'cloud-check', filter: 'funnel', link: 'link-45deg', play: 'play-fill',
  quote: 'quote', folder: 'folder2-open', published: 'patch-check-fill', draft: 'pencil-square', sign: 'pen',
  shield: 'shield-check', incident: 'lightning-charge-fill', retry: 'arrow-clockwise', undo: 'arrow-counterclockwise',
  'sort-up': 'caret-up-fill', 'sort-down': 'caret-down-fill', print: 'printer', history: 'journal-text', circle: 'circle-fill',
};

/** @returns {Promise<string>} the sprite, with our own mark as `mark` */
export async function iconSprite(bootstrapIcons, own) {
  const symbols = [symbol('mark', await readFile(join(own, 'mark.svg'), 'utf8'))];
  for (const [name, source] of Object.entries(ICONS)) {
    symbols.push(symbol(name, await readFile(join(bootstrapIcons, `${source}.svg`), 'utf8')));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

function symbol(name, svg) {
  const viewBox = /viewBox="([^"]+)"/.exec(svg)[1];
  const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
  return `<symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${inner.replace(/\s*\n\s*/g, '')}</symbol>`;
}
