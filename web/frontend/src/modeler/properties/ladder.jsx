// The escalation ladder: <tiendo:escalation decision calendar><tiendo:step offset unit to action/>…</tiendo:escalation>
import { TextFieldEntry, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil.js';

import { AttributeChoice, AttributeField } from './field.jsx';

const UNITS = [['workingDays', 'working days'], ['days', 'days'], ['hours', 'hours']];
const ACTIONS = [['remind', 'remind'], ['overdue', 'overdue'], ['escalate', 'escalate'], ['urge', 'urge']];

/** Entries for the ladder itself: the decision table that gives the steps, and the calendar. */
export function ladderEntries(element) {
  return [
    ladderEntry(element, 'decision', 'Decision table with the steps', 'Used when no step is written below.'),
    ladderEntry(element, 'calendar', 'Calendar'),
  ];
}

function ladderEntry(element, name, label, description) {
  const component = ({ id }) => {
    const translate = useService('translate');
    const services = { commandStack: useService('commandStack'), bpmnFactory: useService('bpmnFactory') };
    return TextFieldEntry({
      element, id, label: translate(label), description: description && translate(description), debounce: useService('debounceInput'),
      getValue: () => ladderOf(element)?.get(name) ?? '',
      setValue: (value) => changeLadder(services, element, { [name]: value || undefined }),
    });
  };
  return { id: `tiendo-ladder-${name}`, element, component, isEdited: isTextFieldEntryEdited };
}

/** Items of the list of steps, with adding and removing. */
export function ladderSteps(element, injector) {
  const translate = injector.get('translate');
  const services = { commandStack: injector.get('commandStack'), bpmnFactory: injector.get('bpmnFactory') };
  const steps = ladderOf(element)?.get('steps') ?? [];
  return {
    items: steps.map((step, index) => ({
      id: `${element.id}-step-${index}`,
      label: stepLabel(step, translate),
      entries: stepEntries(element, step, `${element.id}-step-${index}`),
      autoFocusEntry: `${element.id}-step-${index}-offset`,
      remove: (event) => {
        event.stopPropagation();
        changeLadder(services, element, { steps: steps.filter((other) => other !== step) });
      },
    })),
    add: (event) => {
      event.stopPropagation();
      const to = element.type === 'bpmn:CallActivity' ? 'unit_head' : 'assignee';
      const step = services.bpmnFactory.create('tiendo:Step', { offset: '-3', unit: 'workingDays', to, action: 'remind' });
      changeLadder(services, element, { steps: [...steps, step] });
    },
  };
}

function stepLabel(step, translate) {
  const offset = Number(step.get('offset') ?? 0);
  const named = (pairs, value) => translate(pairs.find(([key]) => key === value)?.[1] ?? value ?? '');
  return translate('{sign}{count} {unit} · {action}', {
    sign: offset > 0 ? '+' : offset < 0 ? '−' : '',
    count: String(Math.abs(offset)),
    unit: named(UNITS, step.get('unit') ?? 'workingDays'),
    action: named(ACTIONS, step.get('action') ?? 'remind'),
  });
}

function stepEntries(element, step, prefix) {
  const common = { element, moddleElement: step };
  const entry = (name, Component, more) => ({
    id: `${prefix}-${name}`,
    component: ({ id }) => <Component {...common} id={id} name={name} {...more} />,
  });
  return [
    entry('offset', AttributeField, { label: 'Offset from the due date', description: 'Negative before, positive after the due date.' }),
    entry('unit', AttributeChoice, { label: 'Unit', options: UNITS, fallback: 'workingDays' }),
    entry('to', AttributeField, { label: 'To', description: 'A role, a group or a FEEL expression, for example assignee, unit_head, monitor.' }),
    entry('action', AttributeChoice, { label: 'Action', options: ACTIONS, fallback: 'remind' }),
  ];
}

function ladderOf(element) {
  return getBusinessObject(element).get('extensionElements')?.get('values').find(({ $type }) => $type === 'tiendo:Escalation');
}

// one undoable command, also when the holder of extensions or the ladder itself is new
function changeLadder({ commandStack, bpmnFactory }, element, properties) {
  const about = getBusinessObject(element);
  const commands = [];
  const update = (moddleElement, changed) =>
    commands.push({ cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties: changed } });
  const ladder = ladderOf(element);
  if (ladder) {
    for (const step of properties.steps ?? []) step.$parent = ladder;
    update(ladder, properties);
  } else {
    const holder = about.get('extensionElements') ?? bpmnFactory.create('bpmn:ExtensionElements', { values: [] });
    const created = bpmnFactory.create('tiendo:Escalation', { calendar: 'default', ...properties });
    for (const step of properties.steps ?? []) step.$parent = created;
    created.$parent = holder;
    if (!holder.$parent) {
      holder.$parent = about;
      update(about, { extensionElements: holder });
    }
    update(holder, { values: [...holder.get('values'), created] });
  }
  commandStack.execute('properties-panel.multi-command-executor', commands);
}
