import vietnamese from '../i18n/vi.json';


/**
 * The `translate` service of bpmn-js in the page's language; English is the language of the parts themselves.
 * @param {Record<string, string>} [more] texts of this editor beside the common ones
 * @returns {{ module: object, missing: Set<string> }} the module and the texts met without a translation
 */
export function translation(more = {}) {
  const known = { ...vietnamese, ...more };
  // the parts write the same names with different capitals
  const byName = new Map(Object.entries(known).map(([key, words]) => [key.toLowerCase(), words]));
  const missing = new Set();
  const inVietnamese = document.documentElement.lang !== 'en';
  const translate = (template, replacements = {}) => {
    const translated = known[template] ?? byName.get(template.toLowerCase());
    if (inVietnamese && translated === undefined && template.trim()) missing.add(template);
    const words = (inVietnamese && translated) || template;
    return words.replace(/\{([^}]+)\}/g, (place, key) => replacements[key] ?? place);
  };
  return { module: { translate: ['value', translate] }, missing };
}
