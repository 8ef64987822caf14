// Checks the diagram on the server while it is drawn and shows what was found: on the elements and in a list.
import { csrfHeaders } from '../app/csrf.js';
import { icon } from '../app/icons.js';
import { text } from '../app/texts.js';

const pause = 600;
const PICTURES = { error: 'late', warning: 'warning', info: 'info' };

/** Lint as you draw: posts the XML and shows `findings: [{element, rule, severity, message}]`. */
export class LintAsYouDraw {
  constructor(modeler, frame) {
    this.modeler = modeler;
    this.frame = frame;
    this.list = frame.querySelector('[data-modeler-findings]');
    this.summary = frame.querySelector('[data-modeler-summary]');
    this.findings = [];
    modeler.on(['commandStack.changed', 'import.done'], () => this.later());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), pause);
  }

  async check() {
    if (!this.frame.dataset.lint) return;
    this.running?.abort();
    this.running = new AbortController();
    this.summary.textContent = text('Đang kiểm tra…');
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const answer = await fetch(this.frame.dataset.lint, {
        method: 'POST', body: xml, signal: this.running.signal,
        headers: { ...csrfHeaders(), 'Content-Type': 'application/xml' },
      });
      const { findings } = await answer.json();
      this.show(findings ?? []);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      this.summary.textContent = text('Chưa kiểm tra được sơ đồ; sẽ thử lại khi sơ đồ thay đổi.');
    }
  }

  /** Show findings, also those that came with an answer to saving or publishing. */
  show(findings) {
    this.findings = findings;
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const warnings = findings.length - errors;
    const words = [];
    if (errors) words.push(text('{count} lỗi', { count: errors }));
    if (warnings) words.push(text('{count} cảnh báo', { count: warnings }));
    this.summary.replaceChildren(icon(errors ? 'late' : warnings ? 'warning' : 'check-circle'), words.join(' · ') || text('Không có lỗi'));
    this.summary.className = `status tone-${errors ? 'late' : warnings ? 'soon' : 'done'}`;
    this.list.replaceChildren(...findings.map((finding) => this.row(finding)));
    this.list.hidden = !findings.length;
    this.mark();
    this.frame.dataset.errors = String(errors);
    this.frame.dispatchEvent(new CustomEvent('modeler:linted', { detail: { errors, findings } }));
  }

  mark() {
    const overlays = this.modeler.get('overlays');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: 'tiendo-finding' });
    for (const id of new Set(this.findings.map(({ element }) => element))) {
      const found = this.findings.filter(({ element }) => element === id);
      const element = registry.get(id);
      if (!element || element === this.modeler.get('canvas').getRootElement()) continue;
      overlays.add(element, 'tiendo-finding', { position: { top: -11, left: -11 }, html: this.badge(element, found), scale: { min: 0.8, max: 1.3 } });
    }
  }

  badge(element, found) {
    const worst = found.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `finding-badge is-${worst}`;
    button.title = found.map(({ message }) => message).join('\n');
    button.setAttribute('aria-label', button.title);
    button.append(icon(PICTURES[worst]));
    button.addEventListener('click', () => this.modeler.get('selection').select(element));
    return button;
  }

  row(finding) {
    const item = document.createElement('li');
    item.className = `is-${finding.severity}`;
    const element = this.modeler.get('elementRegistry').get(finding.element);
    const about = element?.businessObject;
    const place = document.createElement(element ? 'button' : 'span');
    place.className = 'finding-place';
    place.textContent = about?.name || finding.element || '';
    if (element) {
      place.type = 'button';
      place.addEventListener('click', () => this.reveal(element));
    }
    const message = document.createElement('span');
    message.textContent = finding.message;
    const rule = this.rule(finding);
    item.append(icon(PICTURES[finding.severity] ?? 'info'), place, message, rule);
    return item;
  }

  /** The code of the rule, leading to why it matters and how to put it right, where the page knows it. */
  rule({ rule, help }) {
    const code = document.createElement('code');
    code.textContent = rule ?? '';
    if (!help) return code;
    const link = document.createElement('a');
    Object.assign(link, { href: help, target: '_blank', rel: 'noopener', title: text('Vì sao, sửa thế nào? (mở tab mới)') });
    link.append(code);
    return link;
  }

  reveal(element) {
    this.modeler.get('canvas').scrollToElement(element, { top: 80, right: 80, bottom: 80, left: 80 });
    this.modeler.get('selection').select(element);
  }
}
