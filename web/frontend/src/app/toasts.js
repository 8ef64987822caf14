import Toast from 'bootstrap/js/src/toast.js';

import { icon } from './icons.js';
import { text } from './texts.js';

const TONES = { done: 'check-circle', late: 'late', soon: 'warning', term: 'info' };

/** Show a message in the corner. @param {string} message @param {'done'|'late'|'soon'|'term'} tone */
export function toast(message, tone = 'term') {
  const container = document.querySelector('.toast-container');
  if (!container) return;
  const box = document.createElement('div');
  box.className = `toast tone-${tone}`;
  box.setAttribute('role', tone === 'late' ? 'alert' : 'status');
  const line = document.createElement('div');
  line.className = 'toast-line';
  const words = document.createElement('div');
  words.className = 'toast-text';
  words.textContent = message;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.dataset.bsDismiss = 'toast';
  close.setAttribute('aria-label', text('Đóng thông báo'));
  close.append(icon('close'));
  line.append(icon(TONES[tone] ?? 'info'), words, close);
  box.append(line);
  container.append(box);
  open(box);
}

/** Open the messages the server put into the page, and those sent with `HX-Trigger: {"toast": …}`. */
export function showToasts() {
  for (const box of document.querySelectorAll('.toast-container .toast')) open(box);
  document.addEventListener('toast', ({ detail }) => {
    if (detail?.text) toast(detail.text, detail.tone);
  });
}

function open(box) {
  const urgent = box.getAttribute('role') === 'alert';
  const shown = Toast.getOrCreateInstance(box, { autohide: !urgent, delay: 7000 });
  box.addEventListener('hidden.bs.toast', () => box.remove());
  shown.show();
}
