const header = 'X-CSRF-Token';

/** The token the server put into the page's head. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? '';
}

/** Headers that any own request must carry. */
export function csrfHeaders() {
  return { [header]: csrfToken() };
}

/** Every htmx request to our own host carries the token. */
export function sendCsrfToken() {
  document.addEventListener('htmx:config:request', ({ detail }) => {
    detail.ctx.request.headers[header] = csrfToken();
  });
}
