// <form data-guard>: leaving the page with changes asks first.
const changed = new Set();

/** Ask before leaving while a guarded form, or an island, holds changes that nobody saved. */
export function guardUnsavedChanges() {
  document.addEventListener('input', ({ target }) => {
    const form = target.form ?? target.closest?.('form');
    if (form?.matches('[data-guard], [data-draft-url]')) markChanged(form);
  });
  document.addEventListener('submit', ({ target }) => markSaved(target));
  document.addEventListener('reset', ({ target }) => markSaved(target));
  document.addEventListener('draft:saved', ({ target }) => markSaved(target));
  document.addEventListener('island:changed', ({ target }) => markChanged(target));
  document.addEventListener('island:saved', ({ target }) => markSaved(target));
  window.addEventListener('beforeunload', (event) => {
    for (const holder of changed) if (!holder.isConnected) changed.delete(holder);
    if (changed.size) event.preventDefault();
  });
}

function markChanged(holder) {
  changed.add(holder);
}

function markSaved(holder) {
  changed.delete(holder);
}
