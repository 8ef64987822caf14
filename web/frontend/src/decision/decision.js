// <div data-decision-editor data-xml data-lint data-save data-publish data-copy data-etag>: the editor of decision
// models. The page draws the frame and the try-out; this module fills parts, table or diagram, and findings.
import DmnModeler from 'dmn-js/lib/Modeler.js';

import { text } from '../app/texts.js';
import words from '../i18n/vi-dmn.json';
import { Saving } from '../modeler/saving.js';
import { translation } from '../modeler/translate.js';
import { Editing } from './editing.js';
import { LintOfDecisions } from './lint.js';
import { Trying } from './trying.js';

for (const frame of document.querySelectorAll('[data-decision-editor]')) open(frame);

async function open(frame) {
  const translated = translation(words);
  const common = { additionalModules: [translated.module] };
  const dmn = new DmnModeler({
    container: frame.querySelector('[data-modeler-canvas]'),
    drd: common, decisionTable: common, literalExpression: common, boxedExpression: common,
  });
  const editing = new Editing(dmn);
  const lint = new LintOfDecisions(editing, frame);
  const saving = new Saving(editing, frame, lint);
  Object.assign(frame, { dmn, modeler: editing, untranslated: translated.missing });
  dmn.on('views.changed', ({ views, activeView }) => {
    showViews(frame, dmn, views, activeView);
    saving.showStack();
  });
  try {
    const answer = await fetch(frame.dataset.xml);
    if (!answer.ok) throw new Error(text('Máy chủ trả lời {status}', { status: answer.status }));
    await dmn.importXML(await answer.text(), { open: false });
    await dmn.open(first(frame, dmn));
    new Trying(editing, frame);
    frame.dataset.ready = 'true';
  } catch (problem) {
    const status = frame.querySelector('[data-modeler-status]');
    status.textContent = text('Mô hình chưa mở được: {reason}', { reason: problem.message });
    status.setAttribute('role', 'alert');
  }
}

/** The part to begin with: the decision asked for, else the only one, else the diagram. */
function first(frame, dmn) {
  const views = dmn.getViews();
  const parts = views.filter(({ type }) => type !== 'drd');
  return views.find(({ id }) => id === frame.dataset.opened) ?? (parts.length === 1 ? parts[0] : views[0]);
}

function showViews(frame, dmn, views, activeView) {
  const bar = frame.querySelector('[data-decision-views]');
  bar.replaceChildren(...views.map((view) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = view.type === 'drd' ? text('Sơ đồ quyết định') : view.name || view.id;
    button.setAttribute('aria-pressed', String(view.id === activeView?.id));
    button.addEventListener('click', () => dmn.open(view));
    return button;
  }));
}
