// One look for every diagram: our type, and colours that are custom properties of the stylesheet, so that
// light, dark and the state of an element change them without drawing again.

/** Options for bpmn-js that both the viewer and the modeler use. */
export const plate = {
  bpmnRenderer: {
    defaultFillColor: 'var(--plate-fill)',
    defaultStrokeColor: 'var(--plate-stroke)',
    defaultLabelColor: 'var(--plate-label)',
  },
  textRenderer: {
    defaultStyle: { fontFamily: "'Be Vietnam Pro', system-ui, sans-serif", fontSize: '11px', fontWeight: '400', lineHeight: 1.3 },
    externalStyle: { fontSize: '11px', lineHeight: 1.3 },
  },
};

/** Labels are measured when they are drawn, so the font must be there first. */
export async function fontReady() {
  const sample = 'Tiếp nhận văn bản ệ';
  await Promise.all([document.fonts.load("12px 'Be Vietnam Pro'", sample), document.fonts.load("600 12px 'Be Vietnam Pro'", sample)]);
}

/** Pools, lanes and groups are drawn in a lighter line than what happens inside them. */
export function softenFrames(diagram) {
  const canvas = diagram.get('canvas');
  const soften = ({ element }) => {
    if (/^bpmn:(Participant|Lane|Group)$/.test(element.businessObject?.$type ?? '')) canvas.addMarker(element, 'is-frame');
  };
  diagram.get('elementRegistry').forEach((element) => soften({ element }));
  diagram.get('eventBus').on('shape.added', soften);
}
