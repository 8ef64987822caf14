// Lint of decision models: the findings of the server, marked on the cells and listed below with links to them.
import { icon } from '../app/icons.js';
import { LintAsYouDraw } from '../modeler/lint.js';
import { outline } from './marks.js';

const PICTURES = { error: 'late', warning: 'warning', info: 'info' };

export class LintOfDecisions extends LintAsYouDraw {
  mark() {
    outline('findings', this.findings.filter(({ element }) => element).map(({ element, severity }) => ({
      element, style: `box-shadow: inset 0 0 0 2px var(--${severity === 'error' ? 'late' : 'soon'})`,
    })));
  }

  row(finding) {
    const item = document.createElement('li');
    item.className = `is-${finding.severity}`;
    const view = finding.element && this.modeler.viewOf(finding.element);
    const place = document.createElement(view ? 'button' : 'span');
    place.className = 'finding-place';
    place.textContent = finding.element_name || view?.name || finding.element || '';
    if (view) {
      place.type = 'button';
      place.addEventListener('click', () => this.reveal(finding.element, view));
    }
    const message = document.createElement('span');
    message.textContent = finding.message;
    item.append(icon(PICTURES[finding.severity] ?? 'info'), place, message, this.rule(finding));
    return item;
  }

  async reveal(element, view) {
    if (this.modeler.dmn.getActiveView() !== view) await this.modeler.dmn.open(view);
    const cell = this.frame.querySelector(`[data-element-id="${CSS.escape(element)}"], [data-row-id="${CSS.escape(element)}"], [data-col-id="${CSS.escape(element)}"]`);
    cell?.scrollIntoView({ block: 'center', inline: 'center' });
    (cell?.querySelector('[contenteditable]') ?? cell)?.focus?.();
  }
}
