import { text } from './texts.js';
import { toast } from './toasts.js';

/** Say it when a request did not arrive or the server failed; quiet polling stays quiet. */
export function announceFailures() {
  document.addEventListener('htmx:error', ({ detail, target }) => {
    if (detail?.ctx && !isQuiet(target)) {
      toast(text('Không kết nối được với máy chủ. Nội dung đã nhập vẫn còn trên trang này.'), 'late');
    }
  });
  document.addEventListener('htmx:response:error', ({ detail, target }) => {
    if (detail?.ctx?.response?.status >= 500 && !isQuiet(target)) {
      toast(text('Máy chủ gặp lỗi. Nội dung đã nhập vẫn còn; xin thử lại sau ít phút.'), 'late');
    }
  });
  // a failed server must not replace what the person typed
  document.addEventListener('htmx:before:swap', (event) => {
    if (event.detail?.ctx?.response?.status >= 500) event.preventDefault();
  });
}

function isQuiet(target) {
  return target instanceof Element && target.closest('[data-poll]') !== null;
}
