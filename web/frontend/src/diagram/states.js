// Where the process is: marks on elements and flows, rings with the number of tokens, notes such as "quá hạn 2 ngày".
import { icon } from '../app/icons.js';
import { text } from '../app/texts.js';

// marks stay readable when the diagram is small
const readable = { min: 0.8, max: 1.3 };
const STATES = ['done', 'active', 'late', 'incident', 'future'];

/**
 * Show a state. `elements` maps an element's id to {state, count, note, href}; `flows` lists taken sequence flows.
 * Elements that are not named are future. Without a state the plate is drawn in ink as a whole.
 * @param {import('bpmn-js/lib/NavigatedViewer').default} viewer
 * @param {{elements?: Record<string, {state: string, count?: number, note?: string}>, flows?: string[]}} state
 */
export function showState(viewer, state) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const elements = state.elements ?? {};
  const taken = new Set(state.flows ?? takenFlows(viewer, elements));
  overlays.remove({ type: 'tiendo-token' });
  overlays.remove({ type: 'tiendo-note' });
  viewer.get('elementRegistry').forEach((element) => {
    const mark = markOf(element, elements, taken);
    if (mark === undefined) return;
    for (const name of STATES) canvas.removeMarker(element, `is-${name}`);
    if (mark) canvas.addMarker(element, `is-${mark}`);
  });
  for (const [id, about] of Object.entries(elements)) {
    const element = viewer.get('elementRegistry').get(id);
    if (element) annotate(overlays, element, about);
  }
}

function markOf(element, elements, taken) {
  const type = element.businessObject?.$type ?? '';
  if (element.waypoints) return type === 'bpmn:SequenceFlow' ? (taken.has(element.id) ? 'done' : 'future') : undefined;
  if (/^bpmn:(Participant|Lane|TextAnnotation|Group|Process|Collaboration)$/.test(type)) return undefined;
  const about = elements[element.id] ?? elements[element.businessObject?.id];
  const entered = element.children?.some(({ id }) => elements[id] && elements[id].state !== 'future');
  return about?.state ?? (entered ? 'done' : 'future');
}

// a flow was taken when what it leaves is done and what it enters has been reached
function takenFlows(viewer, elements) {
  const reached = (shape) => elements[shape?.id] && elements[shape.id].state !== 'future';
  return viewer
    .get('elementRegistry')
    .filter((element) => element.waypoints && elements[element.source?.id]?.state === 'done' && reached(element.target))
    .map((element) => element.id);
}

function annotate(overlays, element, { state, count, note }) {
  const present = ['active', 'late', 'incident'].includes(state);
  if (present) {
    overlays.add(element, 'tiendo-token', { position: { top: -13, right: 13 }, html: ring(state, count), scale: readable });
  }
  const words = note ?? { late: text('quá hạn'), incident: text('có sự cố') }[state];
  if (words) {
    overlays.add(element, 'tiendo-note', {
      position: { bottom: 5, left: element.width / 2 }, html: pill(state, words), scale: readable,
    });
  }
}

function ring(state, count) {
  const box = document.createElement('div');
  box.className = `token-ring is-${state}`;
  box.title = count ? text('Đang ở đây: {count}', { count }) : text('đang ở đây');
  box.textContent = count && count > 1 ? String(count) : '';
  return box;
}

function pill(state, words) {
  const box = document.createElement('div');
  box.className = `token-note is-${state}`;
  if (state === 'late') box.append(icon('late'));
  if (state === 'incident') box.append(icon('incident'));
  box.append(words);
  return box;
}
