// Lines of the original ([data-line="12"]) and what was read from them ([data-lines="12 13"]) light up together.

/** Link both panes by hover, focus and tap. */
export function linkIntakeLines() {
  if (!document.querySelector('[data-lines]')) return;
  for (const line of document.querySelectorAll('[data-line]')) {
    line.classList.toggle('has-link', itemsOf(line).length > 0);
  }
  document.addEventListener('mouseover', ({ target }) => light(target, false));
  document.addEventListener('focusin', ({ target }) => light(target, true));
  document.addEventListener('click', ({ target }) => light(target, true));
}

function light(target, scroll) {
  const line = target.closest?.('[data-line]');
  const item = target.closest?.('[data-lines]');
  for (const lit of document.querySelectorAll('.is-linked')) lit.classList.remove('is-linked');
  const partners = item ? linesOf(item) : line ? itemsOf(line) : [];
  for (const element of partners) element.classList.add('is-linked');
  if (partners.length && (item || line)) (item ?? line).classList.add('is-linked');
  if (scroll) partners[0]?.scrollIntoView({ block: 'nearest' });
}

function linesOf(item) {
  const wanted = item.dataset.lines.split(/\s+/).filter(Boolean);
  return wanted.flatMap((number) => [...document.querySelectorAll(`[data-line="${CSS.escape(number)}"]`)]);
}

function itemsOf(line) {
  return [...document.querySelectorAll(`[data-lines~="${CSS.escape(line.dataset.line)}"]`)];
}
