/** Tell whether a control holds a day or time: it changes with every part that is typed, so only leaving settles it. */
export function isTypedInParts(target) {
  return target instanceof HTMLInputElement && ['date', 'datetime-local', 'time', 'month'].includes(target.type);
}
