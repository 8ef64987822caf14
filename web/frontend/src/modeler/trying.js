// Below every field of the panel that holds an expression: try it, and how expressions are written.
import { text } from '../app/texts.js';

const EXPRESSIONS = /condition|assignee|candidate|duedate|followup|priority|collection|cardinality|timer|time(Date|Duration|Cycle)|script|correlation|uniquekey|(input|output)-?parameter|-(source|target)$|expression/i;

/** Offer trying in the panel of an editor; the page holds the box (`data-expression-dialog`). */
export function offerTrying(panel) {
  const dialog = document.querySelector('[data-expression-dialog]');
  if (!dialog) return;
  const offer = () => {
    for (const entry of panel.querySelectorAll('.bio-properties-panel-entry[data-entry-id]')) add(entry, dialog);
  };
  new MutationObserver(offer).observe(panel, { childList: true, subtree: true });
  offer();
}

function add(entry, dialog) {
  const field = entry.querySelector(':scope input[type=text], :scope textarea');
  if (!field || !EXPRESSIONS.test(entry.dataset.entryId) || entry.querySelector('.expression-acts')) return;
  const acts = document.createElement('div');
  acts.className = 'expression-acts';
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'btn btn-sm btn-link', textContent: text('Thử') });
  button.addEventListener('click', () => open(dialog, field.value));
  const help = document.createElement('a');
  Object.assign(help, { href: dialog.dataset.help, target: '_blank', rel: 'noopener', className: 'btn btn-sm btn-link', textContent: text('Trợ giúp') });
  acts.append(button, help);
  entry.append(acts);
}

function open(dialog, source) {
  const form = dialog.querySelector('[data-expression-box]');
  const before = form.elements.source.value;
  form.elements.source.value = source;
  // the variables of another expression are no example for this one
  if (before !== source) form.elements.variables.value = '';
  dialog.showModal();
  if (source.trim()) form.requestSubmit();
}
