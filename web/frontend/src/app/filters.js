/** <form data-submit-on-change>: a filter applies as soon as it is chosen. */
export function submitOnChange() {
  document.addEventListener('change', ({ target }) => {
    const form = target.form;
    if (form?.matches('[data-submit-on-change]')) form.requestSubmit();
  });
}
