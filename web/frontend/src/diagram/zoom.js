import { icon } from '../app/icons.js';
import { text } from '../app/texts.js';

/** Buttons for zooming in the lower left corner; the lower right belongs to the bpmn.io mark. */
export function zoomButtons(viewer, frame, fit) {
  const bar = document.createElement('div');
  bar.className = 'plate-zoom';
  const add = (name, label, act) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.title = label;
    button.setAttribute('aria-label', label);
    button.append(icon(name));
    button.addEventListener('click', act);
    bar.append(button);
  };
  add('plus', text('Phóng to'), () => viewer.get('zoomScroll').stepZoom(1));
  add('minus', text('Thu nhỏ'), () => viewer.get('zoomScroll').stepZoom(-1));
  add('fit', text('Vừa khung'), fit);
  frame.append(bar);
}

// the drawing stays clear of the buttons and of the bpmn.io mark along the lower edge
const margin = 16;
const footer = 56;

/** Show the whole diagram, never larger than drawn; on a narrow screen stay readable around `focus`; `left` keeps a palette free. */
export function fitDiagram(viewer, { focus, left = margin } = {}) {
  const canvas = viewer.get('canvas');
  canvas.resized();
  const { outer, inner } = canvas.viewbox();
  const width = outer.width - left - margin;
  const height = outer.height - margin - footer;
  const scale = Math.min(1, width / inner.width, height / inner.height);
  if (scale < 0.45 && focus) {
    canvas.zoom(0.75);
    const shown = canvas.viewbox();
    canvas.viewbox({
      x: focus.x + focus.width / 2 - shown.width / 2, y: focus.y + focus.height / 2 - shown.height / 2,
      width: shown.width, height: shown.height,
    });
    return;
  }
  canvas.viewbox({
    x: inner.x - (left + (width - inner.width * scale) / 2) / scale,
    y: inner.y - (margin + (height - inner.height * scale) / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

/** The wheel scrolls the page; with Ctrl it zooms the diagram. */
export function wheelScrollsPage(frame) {
  frame.addEventListener('wheel', (event) => { if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); }, { capture: true });
}
