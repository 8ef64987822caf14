// Save draft and publish: the XML goes to the addresses the page gives; the answer says what became of it.
import { csrfHeaders } from '../app/csrf.js';
import { clockTime, text } from '../app/texts.js';
import { toast } from '../app/toasts.js';

// milliseconds without a change after which a drawing is saved
const pause = 10_000;

/** The buttons of the bar, Ctrl+S, and the note beside them that says whether the drawing is saved. */
export class Saving {
  constructor(modeler, frame, lint) {
    Object.assign(this, { modeler, frame, lint });
    this.status = frame.querySelector('[data-modeler-status]');
    this.publishButton = frame.querySelector('[data-modeler-publish]');
    this.on('save', () => this.save());
    this.on('publish', () => this.publish());
    this.on('copy', () => this.keepCopy());
    this.on('download', () => this.download());
    this.on('undo', () => modeler.get('commandStack').undo());
    this.on('redo', () => modeler.get('commandStack').redo());
    modeler.on('commandStack.changed', () => this.changed());
    frame.addEventListener('modeler:linted', ({ detail }) => this.allow(detail.errors === 0));
    document.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        event.preventDefault();
        this.save();
      }
    });
  }

  on(name, act) {
    this.frame.querySelector(`[data-modeler-${name}]`)?.addEventListener('click', act);
  }

  /** Let the buttons say what can be undone and done again. */
  showStack() {
    const stack = this.modeler.get('commandStack');
    for (const [name, can] of [['undo', stack.canUndo()], ['redo', stack.canRedo()]]) {
      const button = this.frame.querySelector(`[data-modeler-${name}]`);
      if (button) button.disabled = !can;
    }
  }

  changed() {
    this.showStack();
    this.status.textContent = text('Có thay đổi chưa lưu');
    this.saveLater();
    this.frame.dispatchEvent(new CustomEvent('island:changed', { bubbles: true }));
  }

  // what is drawn is saved without being asked, until somebody else has saved meanwhile
  saveLater() {
    clearTimeout(this.timer);
    if (!this.isOvertaken) this.timer = setTimeout(() => this.save(), pause);
  }

  overtaken() {
    this.isOvertaken = true;
    clearTimeout(this.timer);
    const button = this.frame.querySelector('[data-modeler-copy]');
    if (button) button.hidden = false;
  }

  async keepCopy() {
    await this.send(this.frame.dataset.copy, 'Chưa lưu được: {reason}', ({ location }) => {
      this.status.textContent = text('Đã giữ bản của bạn thành bản lưu.');
      if (location) window.location.assign(location);
    });
  }

  allow(clean) {
    if (!this.publishButton) return;
    this.publishButton.disabled = !clean;
    this.publishButton.title = clean ? '' : text('Sửa hết lỗi rồi mới ban hành được.');
  }

  async save() {
    if (!this.frame.dataset.save) return;
    clearTimeout(this.timer);
    this.status.textContent = text('Đang lưu…');
    await this.send(this.frame.dataset.save, 'Chưa lưu được: {reason}', () => {
      this.status.textContent = text('Đã lưu lúc {time}', { time: clockTime(new Date()) });
    });
  }

  async publish() {
    const question = this.publishButton.dataset.confirm;
    if (question && !window.confirm(question)) return;
    this.status.textContent = text('Đang ban hành…');
    await this.send(this.frame.dataset.publish, 'Chưa ban hành được: {reason}', ({ location }) => {
      if (location) window.location.assign(location);
    });
  }

  async send(url, failure, done) {
    const answer = await this.post(url);
    if (answer.ok) {
      this.frame.dispatchEvent(new CustomEvent('island:saved', { bubbles: true }));
      done(answer.body);
      return;
    }
    if (answer.isStale) this.overtaken();
    if (answer.body.findings) this.lint.show(answer.body.findings);
    this.status.textContent = text(failure, { reason: answer.reason });
    toast(this.status.textContent, 'late');
  }

  // fields of the panel are debounced; leaving them writes what was typed
  async post(url) {
    document.activeElement?.blur?.();
    const { xml } = await this.modeler.saveXML({ format: true });
    const headers = { ...csrfHeaders(), 'Content-Type': 'application/xml', Accept: 'application/json' };
    if (this.frame.dataset.etag) headers['If-Match'] = this.frame.dataset.etag;
    try {
      const response = await fetch(url, { method: 'POST', body: xml, headers });
      const body = await response.json().catch(() => ({}));
      const etag = response.headers.get('ETag');
      if (response.ok && etag) this.frame.dataset.etag = etag;
      return { ok: response.ok, isStale: response.status === 412, body, reason: reasonOf(response, body) };
    } catch {
      return { ok: false, body: {}, reason: text('mất kết nối') };
    }
  }

  async download() {
    const { xml } = await this.modeler.saveXML({ format: true });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([xml], { type: 'application/xml' }));
    link.download = this.frame.dataset.fileName || 'diagram.bpmn';
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

function reasonOf(response, body) {
  return body.detail ?? body.title ?? text('Máy chủ trả lời {status}', { status: response.status });
}
