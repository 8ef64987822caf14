// Marks on cells that dmn-js draws again and again: rules of a style sheet, which no drawing removes.
const sheets = new Map();

/** Mark elements. @param {string} name of the kind of marks @param {{element: string, style: string}[]} marks */
export function outline(name, marks) {
  sheet(name).replaceSync(marks.map(({ element, style }) => {
    const id = CSS.escape(element);
    return `.decision-canvas td[data-element-id="${id}"], .decision-canvas th[data-col-id="${id}"],`
      + `.decision-canvas td.rule-index[data-row-id="${id}"] { ${style} }`;
  }).join('\n'));
}

/** Mark whole rules as matched. @param {string[]} rules ids of the rules */
export function matched(rules) {
  sheet('matched').replaceSync(rules.map((rule) => {
    const cells = `.decision-canvas td[data-row-id="${CSS.escape(rule)}"]`;
    return `${cells} { background: var(--done-soft, color-mix(in srgb, var(--done) 16%, var(--surface))) }`
      + `${cells}.rule-index::after { content: " ✓"; color: var(--done); font-weight: 700 }`;
  }).join('\n'));
}

function sheet(name) {
  if (!sheets.has(name)) {
    sheets.set(name, new CSSStyleSheet());
    document.adoptedStyleSheets.push(sheets.get(name));
  }
  return sheets.get(name);
}
