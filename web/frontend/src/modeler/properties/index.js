// What our engine reads beyond BPMN and camunda:, and out of the panel what it does not read.
import { Group, ListGroup } from '@bpmn-io/properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil.js';

import { CorrelationKey, messageOf } from './correlation.jsx';
import { ladderEntries, ladderSteps } from './ladder.jsx';
import { multiInstanceEntries } from './multi-instance.jsx';
import { CalledDueDate, DueDateKind } from './due.jsx';
import { UniqueBusinessKey, processOf } from './unique-key.jsx';

// Java, connectors, listeners and Camunda's own job settings have no meaning here
const UNREAD = new Set([
  'CamundaPlatform__AsynchronousContinuations', 'CamundaPlatform__JobExecution', 'CamundaPlatform__CandidateStarter',
  'CamundaPlatform__FieldInjection', 'CamundaPlatform__HistoryCleanup', 'CamundaPlatform__Tasklist',
  'CamundaPlatform__ExecutionListener', 'CamundaPlatform__TaskListener', 'CamundaPlatform__ConnectorInput',
  'CamundaPlatform__ConnectorOutput', 'CamundaPlatform__FormData', 'CamundaPlatform__StartInitiator',
  'CamundaPlatform__ProcessVariables',
]);
const AFTER_CAMUNDA = 400;

class TiendoProvider {
  constructor(propertiesPanel, injector) {
    this.injector = injector;
    propertiesPanel.registerProvider(AFTER_CAMUNDA, this);
  }

  getGroups(element) {
    return (groups) => {
      const kept = groups.filter(({ id }) => !UNREAD.has(id));
      return place(kept, this.ownGroups(element), element);
    };
  }

  ownGroups(element) {
    const translate = this.injector.get('translate');
    const own = [];
    if (is(element, 'bpmn:UserTask') || is(element, 'bpmn:CallActivity')) {
      const due = { id: 'tiendo-called-due', element, component: CalledDueDate, isEdited: edited };
      const entries = [...(is(element, 'bpmn:CallActivity') ? [due] : []), ...ladderEntries(element)];
      own.push({ id: 'tiendo-ladder', label: translate('Escalation ladder'), component: Group, entries });
      own.push({ id: 'tiendo-steps', label: translate('Steps'), component: ListGroup, ...ladderSteps(element, this.injector) });
    }
    if (processOf(element)) {
      const entries = [{ id: 'tiendo-unique-key', element, component: UniqueBusinessKey, isEdited: edited }];
      own.push({ id: 'tiendo-business-key', label: translate('Business key'), component: Group, entries });
    }
    if (messageOf(element)) {
      const entries = [{ id: 'tiendo-correlation-key', element, component: CorrelationKey, isEdited: edited }];
      own.push({ id: 'tiendo-correlation', label: translate('Correlation'), component: Group, entries });
    }
    return own;
  }
}

TiendoProvider.$inject = ['propertiesPanel', 'injector'];

function place(groups, own, element) {
  const multiInstance = groups.find(({ id }) => id === 'multiInstance');
  if (multiInstance && getBusinessObject(element).loopCharacteristics) multiInstance.entries.push(...multiInstanceEntries(element));
  const assignment = groups.find(({ id }) => id === 'CamundaPlatform__UserAssignment');
  if (assignment) assignment.entries.push({ id: 'tiendo-due-kind', element, component: DueDateKind, isEdited: edited });
  const afterAssignment = groups.indexOf(assignment) + 1 || groups.length;
  return [...groups.slice(0, afterAssignment), ...own, ...groups.slice(afterAssignment)];
}

function edited(node) {
  return Boolean(node?.value);
}

export const tiendoProperties = { __init__: ['tiendoProvider'], tiendoProvider: ['type', TiendoProvider] };
