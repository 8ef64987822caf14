import { CheckboxEntry } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil.js';

/** The process an element stands for: itself, or the one behind a pool; undefined for everything else. */
export function processOf(element) {
  if (is(element, 'bpmn:Process')) return getBusinessObject(element);
  return is(element, 'bpmn:Participant') ? getBusinessObject(element).get('processRef') : undefined;
}

/** Whether live instances may share a business key (`tiendo:uniqueBusinessKey` on the process). */
export function UniqueBusinessKey({ element, id }) {
  const commandStack = useService('commandStack');
  const translate = useService('translate');
  const moddleElement = processOf(element);
  return CheckboxEntry({
    element, id, label: translate('Unique among running instances'),
    description: translate('A second running instance with the same business key is refused.'),
    getValue: () => moddleElement.get('tiendo:uniqueBusinessKey') === 'true',
    setValue: (value) => commandStack.execute('element.updateModdleProperties', {
      element, moddleElement, properties: { 'tiendo:uniqueBusinessKey': value ? 'true' : undefined },
    }),
  });
}
