import { isTypedInParts } from './days.js';

const changed = new WeakSet();

/** <form data-submit-on-change>: a filter applies as soon as it is chosen; a day, once its field is left. */
export function submitOnChange() {
  document.addEventListener('change', ({ target }) => {
    if (!target.form?.matches('[data-submit-on-change]')) return;
    if (isTypedInParts(target) && document.activeElement === target) changed.add(target);
    else target.form.requestSubmit();
  });
  document.addEventListener('focusout', ({ target }) => {
    if (changed.delete(target)) target.form?.requestSubmit();
  });
}
