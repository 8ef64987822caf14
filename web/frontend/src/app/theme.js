// Sets light or dark before the first paint: the person's choice, else what the system prefers.
const stored = (() => {
  try {
    return localStorage.getItem('tiendo-theme');
  } catch {
    return null;
  }
})();
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

function apply(choice) {
  const dark = choice === 'dark' || (choice !== 'light' && prefersDark.matches);
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
  document.documentElement.dataset.themeChoice = choice ?? 'system';
}

apply(stored);
prefersDark.addEventListener('change', () => apply(document.documentElement.dataset.themeChoice));
