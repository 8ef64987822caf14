import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil.js';

import { AttributeField } from './field.jsx';

/** How the due date is meant (`tiendo:dueDateKind`). */
export function DueDateKind({ element, id }) {
  return (
    <AttributeField element={element} id={id} moddleElement={getBusinessObject(element)} name="tiendo:dueDateKind" label="How the due date is meant" />
  );
}
