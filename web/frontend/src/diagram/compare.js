// <div class="plate" data-compare="older|newer" data-xml="address"></div> twice, and a list of
// <li data-change="added|removed|changed|moved" data-element="ID"> with <button data-change-show>:
// both diagrams carry a mark where they differ; choosing a line of the list shows the place in both.
// Moving or zooming one drawing moves the other along.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer.js';

import { icon } from '../app/icons.js';
import { text } from '../app/texts.js';
import { fontReady, plate, softenFrames } from './theme.js';
import { fitDiagram, wheelScrollsPage, zoomButtons } from './zoom.js';

const SIGNS = { added: ['plus', 'thêm'], removed: ['minus', 'bỏ'], changed: ['edit', 'sửa'], moved: ['move', 'chỉ dời chỗ'] };
const readable = { min: 0.8, max: 1.3 };
const lines = [...document.querySelectorAll('[data-changes] > [data-change]')];
const viewers = [];
let isFollowing = true;

for (const frame of document.querySelectorAll('[data-compare]')) open(frame);
for (const line of lines) line.querySelector('[data-change-show]')?.addEventListener('click', () => show(line));

async function open(frame) {
  frame.setAttribute('role', 'group');
  wheelScrollsPage(frame);
  const viewer = new NavigatedViewer({ container: frame, ...plate });
  viewers.push(viewer);
  try {
    const [answer] = await Promise.all([fetch(frame.dataset.xml), fontReady()]);
    if (!answer.ok) throw new Error(text('Máy chủ trả lời {status}', { status: answer.status }));
    await viewer.importXML(await answer.text());
    softenFrames(viewer);
    for (const line of lines) mark(viewer, line.dataset);
    const first = lines.map(({ dataset }) => viewer.get('elementRegistry').get(dataset.element)).find((one) => one && !one.waypoints);
    const fit = () => fitDiagram(viewer, { focus: first });
    fit();
    zoomButtons(viewer, frame, fit);
    viewer.on('element.click', ({ element }) => find(element.id));
    viewer.on('canvas.viewbox.changed', () => lead(viewer));
    frame.dataset.ready = 'true';
  } catch (problem) {
    const words = document.createElement('p');
    words.className = 'plate-problem';
    words.setAttribute('role', 'alert');
    words.textContent = text('Sơ đồ chưa mở được: {reason}', { reason: problem.message });
    frame.replaceChildren(words);
  }
}

function mark(viewer, { change, element: id }) {
  const element = viewer.get('elementRegistry').get(id);
  if (!element || element === viewer.get('canvas').getRootElement()) return;
  viewer.get('canvas').addMarker(element, `diff-${change}`);
  const badge = document.createElement('span');
  const [picture, words] = SIGNS[change];
  badge.className = `diff-badge is-${change}`;
  badge.title = text(words);
  badge.append(icon(picture));
  viewer.get('overlays').add(element, 'tiendo-change', { position: place(element), html: badge, scale: readable });
}

function place(element) {
  if (!element.waypoints) return { top: -11, right: 11 };
  const middle = element.waypoints[Math.floor(element.waypoints.length / 2)];
  const left = Math.min(...element.waypoints.map(({ x }) => x));
  const top = Math.min(...element.waypoints.map(({ y }) => y));
  return { left: middle.x - left - 11, top: middle.y - top - 11 };
}

function show(line) {
  for (const other of lines) other.classList.toggle('is-shown', other === line);
  pointInBoth(line.dataset.element);
  document.querySelector('.compare')?.scrollIntoView({ block: 'nearest' });
}

// what one drawing shows, the others show; what is shown already is left alone, so that nobody leads in turn
function lead(viewer) {
  if (!isFollowing) return;
  const { x, y, width, height, scale } = viewer.get('canvas').viewbox();
  isFollowing = false;
  for (const other of viewers) {
    if (other === viewer || !other.getDefinitions()) continue;
    const shown = other.get('canvas').viewbox();
    const isSame = Math.abs(shown.x - x) < 1 && Math.abs(shown.y - y) < 1 && Math.abs(shown.scale - scale) < 0.005;
    if (!isSame) other.get('canvas').viewbox({ x, y, width, height });
  }
  isFollowing = true;
}

// a step that was moved stands elsewhere in each drawing: both may show it until one is moved by hand
function pointInBoth(id) {
  isFollowing = false;
  for (const viewer of viewers) point(viewer, id);
  isFollowing = true;
}

function point(viewer, id) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  registry.forEach((element) => canvas.removeMarker(element, 'is-pointed'));
  const element = registry.get(id);
  if (!element || element === canvas.getRootElement()) return;
  canvas.addMarker(element, 'is-pointed');
  canvas.scrollToElement(element, { top: 60, right: 60, bottom: 80, left: 60 });
}

function find(id) {
  const line = lines.find(({ dataset }) => dataset.element === id);
  if (!line) return;
  for (const other of lines) other.classList.toggle('is-shown', other === line);
  pointInBoth(id);
  line.querySelector('[data-change-show]')?.focus();
}
