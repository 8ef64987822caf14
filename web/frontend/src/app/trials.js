// <form data-trial="KEY">: the inputs of a try-out are remembered in this tab and filled in again.
const inputs = (form) => [...form.querySelectorAll('[data-trial-input]')];
const place = (form) => `tiendo-trial:${form.dataset.trial}`;

/** Keep what was typed into a try-out. @param {HTMLFormElement} form */
export function rememberTrial(form) {
  const kept = recalled(form);
  for (const input of inputs(form)) kept[input.dataset.trialInput] = input.value;
  sessionStorage.setItem(place(form), JSON.stringify(kept));
}

/** Fill in what was typed last where nothing stands. @param {HTMLFormElement} form */
export function recallTrial(form) {
  const kept = recalled(form);
  for (const input of inputs(form)) {
    if (!input.value) input.value = kept[input.dataset.trialInput] ?? '';
  }
}

/** The forms of the page: filled in at once, kept whenever something is typed. */
export function rememberTrials() {
  for (const form of document.querySelectorAll('form[data-trial]')) recallTrial(form);
  document.addEventListener('change', ({ target }) => {
    const form = target.closest?.('form[data-trial]');
    if (form) rememberTrial(form);
  });
}

function recalled(form) {
  try {
    return JSON.parse(sessionStorage.getItem(place(form))) ?? {};
  } catch {
    return {};
  }
}
