/** <button data-theme-set="dark|light|system">: remembers the choice in this browser. */
export function switchTheme() {
  const buttons = document.querySelectorAll('[data-theme-set]');
  const show = () => {
    const choice = document.documentElement.dataset.themeChoice ?? 'system';
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.themeSet === choice));
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const choice = button.dataset.themeSet;
      const dark = choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
      document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
      document.documentElement.dataset.themeChoice = choice;
      localStorage.setItem('tiendo-theme', choice);
      show();
    });
  }
  show();
}
