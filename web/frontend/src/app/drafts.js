// <form data-draft-url="/drafts/…">: saves what is typed a moment after typing stops and says so in [data-draft-status].
import { csrfHeaders } from './csrf.js';
import { clockTime, text } from './texts.js';

const pause = 1500;
const retry = 15000;

/** Save drafts of every form with `data-draft-url`, also of forms that arrive later. */
export function autosaveDrafts() {
  const timers = new WeakMap();
  document.addEventListener('input', ({ target }) => {
    const form = target.form ?? target.closest?.('form');
    if (!form?.dataset.draftUrl) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form, timers), pause));
  });
  document.addEventListener('submit', ({ target }) => clearTimeout(timers.get(target)), true);
}

async function save(form, timers) {
  say(form, text('Đang lưu nháp…'));
  const sent = snapshot(form);
  try {
    const answer = await fetch(form.dataset.draftUrl, { method: 'POST', body: draftOf(form), headers: csrfHeaders() });
    if (answer.status === 412) {
      say(form, text('Người khác vừa sửa nội dung này. Hãy chép lại phần của bạn rồi tải lại trang.'));
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    say(form, text('Đã lưu nháp lúc {time}', { time: clockTime(new Date()) }));
    if (sent === snapshot(form)) form.dispatchEvent(new CustomEvent('draft:saved', { bubbles: true }));
    remember(form, answer.headers.get('ETag'));
  } catch {
    say(form, text('Chưa lưu được nháp, sẽ thử lại.'));
    timers.set(form, setTimeout(() => save(form, timers), retry));
  }
}

// the next draft stands on this one: [data-draft-revision] carries what the server answered as ETag
function remember(form, etag) {
  const field = form.querySelector('[data-draft-revision]');
  if (field && etag) field.value = etag.replaceAll('"', '');
}

function draftOf(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function snapshot(form) {
  return new URLSearchParams(draftOf(form)).toString();
}

function say(form, words) {
  const place = form.querySelector('[data-draft-status]');
  if (place) place.textContent = words;
}
