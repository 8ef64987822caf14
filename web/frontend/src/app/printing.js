/** A button with [data-print] prints the page. */
export function printOnDemand() {
  for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => window.print());
}
