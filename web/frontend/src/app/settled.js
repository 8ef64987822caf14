// [data-settled hx-trigger="settled"]: fields that the server draws anew once a value is settled, never under
// the fingers: a day is settled when its field is left, and an answer that comes while somebody types is dropped.
import { isTypedInParts } from './days.js';

const underway = new WeakSet();
const owed = new WeakSet();

/** Send `settled` to `[data-settled]` groups of fields when a value changed and nobody is typing in them. */
export function refreshSettledFields() {
  document.addEventListener('htmx:before:request', ({ target }) => group(target) === target && underway.add(target));
  document.addEventListener('htmx:finally:request', ({ target }) => underway.delete(target));
  document.addEventListener('change', ({ target }) => {
    const fields = group(target);
    if (!fields) return;
    if (isTypedInParts(target) && document.activeElement === target) owed.add(fields);
    else ask(fields);
  });
  document.addEventListener('keydown', ({ target, key }) => {
    const fields = group(target);
    if (!fields || key === 'Tab' || !underway.has(fields)) return;
    fields.dispatchEvent(new CustomEvent('htmx:abort'));
    owed.add(fields);
  });
  document.addEventListener('focusout', ({ target }) => {
    const fields = group(target);
    if (fields && owed.has(fields)) ask(fields);
  });
}

function ask(fields) {
  owed.delete(fields);
  fields.dispatchEvent(new CustomEvent('settled'));
}

function group(target) {
  return target instanceof Element ? target.closest('[data-settled]') : null;
}
