// The text outline beside a diagram ([data-outline] with [data-element] steps) and the plate point at each other.

/** @param {import('bpmn-js/lib/NavigatedViewer').default} viewer @param {HTMLElement} frame */
export function linkOutline(viewer, frame) {
  const steps = [...document.querySelectorAll('[data-outline] [data-element]')];
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const step of steps) {
    const id = step.dataset.element;
    const toggle = (on) => () => {
      if (registry.get(id)) canvas[on ? 'addMarker' : 'removeMarker'](id, 'is-pointed');
    };
    step.addEventListener('mouseenter', toggle(true));
    step.addEventListener('mouseleave', toggle(false));
    step.addEventListener('focusin', toggle(true));
    step.addEventListener('focusout', toggle(false));
  }
  const light = (element, on) => {
    for (const step of steps) if (step.dataset.element === element?.id) step.classList.toggle('is-hover', on);
  };
  viewer.on('element.hover', ({ element }) => light(element, true));
  viewer.on('element.out', ({ element }) => light(element, false));
  viewer.on('element.click', ({ element }) => {
    frame.dispatchEvent(new CustomEvent('diagram:element', { bubbles: true, detail: { id: element.id } }));
    steps.find((step) => step.dataset.element === element.id)?.scrollIntoView({ block: 'nearest' });
  });
}
