import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil.js';

import { AttributeField } from './field.jsx';

/** The message an element waits for, undefined when it names none. */
export function messageOf(element) {
  const about = getBusinessObject(element);
  const definition = about.get('eventDefinitions')?.find(({ $type }) => $type === 'bpmn:MessageEventDefinition');
  return definition?.get('messageRef') ?? (about.$instanceOf('bpmn:ReceiveTask') ? about.get('messageRef') : undefined);
}

/** FEEL key by which a message finds its instance (`tiendo:correlationKey` on the message). */
export function CorrelationKey({ element, id }) {
  return (
    <AttributeField
      element={element} id={id} moddleElement={messageOf(element)} name="tiendo:correlationKey"
      label="Correlation key" description="FEEL; a message with the same key reaches this instance."
    />
  );
}
