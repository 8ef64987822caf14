// <span hx-get="/inbox/count" hx-trigger="poll" data-poll="20">: asks every 20 seconds while the tab is seen.
const started = new WeakSet();

/** Send `poll` to every `[data-poll]` element; nothing is asked while the tab is hidden. */
export function pollQuietly() {
  scan();
  document.addEventListener('htmx:after:swap', scan);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) for (const element of document.querySelectorAll('[data-poll]')) ask(element);
  });
}

function scan() {
  for (const element of document.querySelectorAll('[data-poll]')) {
    if (started.has(element)) continue;
    started.add(element);
    const timer = setInterval(() => {
      if (!element.isConnected) clearInterval(timer);
      else if (!document.hidden) ask(element);
    }, seconds(element) * 1000);
  }
}

function ask(element) {
  element.dispatchEvent(new CustomEvent('poll'));
}

function seconds(element) {
  return Math.max(5, Number(element.dataset.poll) || 20);
}
