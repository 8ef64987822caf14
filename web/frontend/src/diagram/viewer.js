// <div class="plate" data-diagram="XML address" data-state="JSON address" data-refresh="20" aria-label="…"></div>
// shows a diagram and where a running instance is. Without data-state the diagram alone.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer.js';

import { text } from '../app/texts.js';
import './compare.js';
import { linkOutline } from './outline.js';
import { savePicture } from './picture.js';
import { showState } from './states.js';
import { fontReady, plate, softenFrames } from './theme.js';
import { fitDiagram, wheelScrollsPage, zoomButtons } from './zoom.js';

for (const frame of document.querySelectorAll('[data-diagram]')) open(frame);

async function open(frame) {
  frame.setAttribute('role', 'group');
  wheelScrollsPage(frame);
  const viewer = new NavigatedViewer({ container: frame, ...plate });
  try {
    const [xml, state] = await Promise.all([read(frame.dataset.diagram), readState(frame), fontReady()]);
    await viewer.importXML(xml);
    softenFrames(viewer);
    shapeFrame(viewer, frame);
    const fit = () => fitDiagram(viewer, { focus: focusOf(viewer, state) });
    if (state) showState(viewer, state);
    fit();
    zoomButtons(viewer, frame, fit);
    linkOutline(viewer, frame);
    refresh(viewer, frame);
    savePicture(viewer);
    frame.dataset.ready = 'true';
  } catch (problem) {
    complain(frame, problem);
  }
}

async function read(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(text('Máy chủ trả lời {status}', { status: answer.status }));
  return answer.text();
}

async function readState(frame) {
  return frame.dataset.state ? JSON.parse(await read(frame.dataset.state)) : null;
}

// as high as the drawing needs at the width there is, within what the screen offers
function shapeFrame(viewer, frame) {
  const { width, height } = viewer.get('canvas').getActiveLayer().getBBox();
  const scale = Math.max(0.5, Math.min(1, frame.clientWidth / (width + 48)));
  frame.style.height = `${Math.round(Math.min(Math.max(260, height * scale + 88), innerHeight * 0.72))}px`;
}

function focusOf(viewer, state) {
  const elements = Object.entries(state?.elements ?? {});
  const first = (...states) => elements.find(([, { state: at }]) => states.includes(at))?.[0];
  const id = first('incident', 'late') ?? first('active');
  return id ? viewer.get('elementRegistry').get(id) : undefined;
}

function refresh(viewer, frame) {
  const seconds = Number(frame.dataset.refresh);
  if (!seconds || !frame.dataset.state) return;
  const timer = setInterval(async () => {
    if (!frame.isConnected) clearInterval(timer);
    else if (!document.hidden) await readState(frame).then((state) => showState(viewer, state), () => undefined);
  }, Math.max(5, seconds) * 1000);
}

function complain(frame, problem) {
  const words = document.createElement('p');
  words.className = 'plate-problem';
  words.setAttribute('role', 'alert');
  words.textContent = text('Sơ đồ chưa mở được: {reason}', { reason: problem.message });
  frame.replaceChildren(words);
}
