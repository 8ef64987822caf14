import { SelectEntry, TextFieldEntry } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';

/** A text field for one attribute of a moddle element. */
export function AttributeField({ element, id, moddleElement, name, label, description }) {
  const commandStack = useService('commandStack');
  const translate = useService('translate');
  return TextFieldEntry({
    element, id, label: translate(label), description: description && translate(description), debounce: useService('debounceInput'),
    getValue: () => moddleElement?.get(name) ?? '',
    setValue: (value) => change(commandStack, element, moddleElement, name, value),
  });
}

/** A choice for one attribute of a moddle element; `options` are [value, label] pairs. */
export function AttributeChoice({ element, id, moddleElement, name, label, options, fallback }) {
  const commandStack = useService('commandStack');
  const translate = useService('translate');
  return SelectEntry({
    element, id, label: translate(label),
    getOptions: () => options.map(([value, words]) => ({ value, label: translate(words) })),
    getValue: () => moddleElement.get(name) ?? fallback,
    setValue: (value) => change(commandStack, element, moddleElement, name, value),
  });
}

function change(commandStack, element, moddleElement, name, value) {
  commandStack.execute('element.updateModdleProperties', { element, moddleElement, properties: { [name]: value || undefined } });
}
