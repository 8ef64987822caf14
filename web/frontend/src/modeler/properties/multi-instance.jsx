import { isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil.js';

import { AttributeField } from './field.jsx';

const FIELDS = [
  ['elementKey', 'Key of each element', 'FEEL, for example =item.lead; results are kept under this key.'],
  ['outputCollection', 'Output collection', undefined],
  ['outputElement', 'Output element', 'FEEL evaluated when one round ends.'],
];

/** Entries for what a multi-instance gives back: key, collection, element. */
export function multiInstanceEntries(element) {
  return FIELDS.map(([name, label, description]) => ({
    id: `tiendo-${name}`,
    element,
    isEdited: isTextFieldEntryEdited,
    component: ({ id }) => (
      <AttributeField
        element={element} id={id} moddleElement={getBusinessObject(element).loopCharacteristics}
        name={`tiendo:${name}`} label={label} description={description}
      />
    ),
  }));
}
