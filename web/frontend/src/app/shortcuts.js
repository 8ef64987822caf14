// `/` search, `j` `k` move in a list ([data-list] with [data-open] links), `Enter` opens, `?` shows the keys.
const preference = 'tiendo-shortcuts';

/** Listen to the keys; a person may turn them off in the sheet that `?` opens (WCAG 2.1.4). */
export function listenToShortcuts() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape' && event.target.matches('[data-search]')) event.target.blur();
      return;
    }
    if (!enabled() || document.querySelector('dialog[open]')) return;
    const action = { '/': focusSearch, '?': showKeys, j: () => move(1), k: () => move(-1) }[event.key];
    if (action?.()) event.preventDefault();
  });
  for (const button of document.querySelectorAll('[data-show-keys]')) button.addEventListener('click', showKeys);
  const toggle = document.querySelector('[data-shortcuts-toggle]');
  if (toggle) {
    toggle.checked = enabled();
    toggle.addEventListener('change', () => localStorage.setItem(preference, toggle.checked ? 'on' : 'off'));
  }
}

function enabled() {
  try {
    return localStorage.getItem(preference) !== 'off';
  } catch {
    return true;
  }
}

function isTyping(target) {
  return target.matches?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]') ?? false;
}

function focusSearch() {
  const field = document.querySelector('[data-search]');
  field?.focus();
  field?.select();
  return Boolean(field);
}

function showKeys() {
  const sheet = document.getElementById('keys');
  sheet?.showModal();
  return Boolean(sheet);
}

function move(step) {
  const links = [...document.querySelectorAll('[data-list] [data-open]')].filter((link) => link.offsetParent !== null);
  if (!links.length) return false;
  const here = links.findIndex((link) => link.closest('tr, li, [data-item]')?.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + step));
  links[next].focus();
  links[next].scrollIntoView({ block: 'nearest' });
  return true;
}
