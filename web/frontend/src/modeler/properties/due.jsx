import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil.js';

import { AttributeField } from './field.jsx';

/** How the due date is meant (`tiendo:dueDateKind`). */
export function DueDateKind({ element, id }) {
  return (
    <AttributeField element={element} id={id} moddleElement={getBusinessObject(element)} name="tiendo:dueDateKind" label="How the due date is meant" />
  );
}

/** Until when a called process should have ended (`tiendo:dueDate`); of many, worked out for each item. */
export function CalledDueDate({ element, id }) {
  return (
    <AttributeField element={element} id={id} moddleElement={getBusinessObject(element)} name="tiendo:dueDate" label="Due date of what is called" description="A day, a duration such as P10D, or FEEL beginning with =; it may read the item." />
  );
}
