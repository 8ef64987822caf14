// The try-out beside the editor: the server makes the form from the model as it is now, answers, and names the
// rules that matched; they are marked in the table.
import { csrfHeaders } from '../app/csrf.js';
import { text } from '../app/texts.js';
import { recallTrial, rememberTrial } from '../app/trials.js';
import { matched } from './marks.js';

export class Trying {
  constructor(editing, frame) {
    Object.assign(this, { editing, frame, panel: frame.querySelector('[data-decision-panel]'), isAnswered: false });
    this.panel.addEventListener('submit', (event) => {
      event.preventDefault();
      this.ask(true);
    });
    this.panel.addEventListener('change', ({ target }) => {
      rememberTrial(this.form);
      if (target.matches('[data-trial-decision]')) this.ask(false);
    });
    // what was changed may ask for other inputs, and answer otherwise
    frame.addEventListener('modeler:linted', () => {
      if (!this.panel.contains(document.activeElement)) this.ask(this.isAnswered);
    });
    recallTrial(this.form);
  }

  get form() {
    return this.panel.querySelector('form');
  }

  async ask(isAsked) {
    this.running?.abort();
    this.running = new AbortController();
    rememberTrial(this.form);
    const { xml } = await this.editing.saveXML({ format: true });
    const body = new FormData(this.form);
    body.set('xml', xml);
    if (isAsked) body.set('ask', '1');
    try {
      const answer = await fetch(this.form.dataset.decisionTrial, {
        method: 'POST', body, headers: csrfHeaders(), signal: this.running.signal,
      });
      if (!answer.ok) throw new Error(text('Máy chủ trả lời {status}', { status: answer.status }));
      this.show(await answer.text(), isAsked);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      this.panel.querySelector('[aria-live]')?.replaceChildren(text('Chưa thử được: {reason}', { reason: problem.message }));
    }
  }

  show(markup, isAsked) {
    const focused = document.activeElement?.id;
    const made = new DOMParser().parseFromString(markup, 'text/html');
    this.panel.replaceChildren(...document.adoptNode(made.body).childNodes);
    this.isAnswered = isAsked;
    recallTrial(this.form);
    if (focused) this.panel.querySelector(`#${CSS.escape(focused)}`)?.focus();
    const found = this.panel.querySelector('[data-trial-matched]')?.dataset.trialMatched ?? '';
    matched(found.split(';').filter(Boolean).flatMap((one) => this.rules(one)));
    this.frame.dataset.tried = String(isAsked);
  }

  /** Ids of the rules of `decision=1,3`. */
  rules(one) {
    const [decision, numbers] = one.split('=');
    const element = this.editing.dmn.getDefinitions().drgElement?.find(({ id }) => id === decision);
    const rules = element?.decisionLogic?.rule ?? [];
    return numbers.split(',').map((number) => rules[Number(number) - 1]?.id).filter(Boolean);
  }
}
