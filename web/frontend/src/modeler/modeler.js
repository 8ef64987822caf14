// <div data-modeler data-xml data-lint data-save data-publish data-etag data-file-name>: the diagram editor.
// The page draws the frame (macro `modeler` in components.html); this module fills canvas, panel and findings.
import BpmnModeler from 'bpmn-js/lib/Modeler.js';
import {
  BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
} from 'bpmn-js-properties-panel';
import camundaBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform/index.js';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';

import { text } from '../app/texts.js';
import { fontReady, plate, softenFrames } from '../diagram/theme.js';
import { fitDiagram, zoomButtons } from '../diagram/zoom.js';
import { kept, readable } from './kept.js';
import { LintAsYouDraw } from './lint.js';
import blank from './new.bpmn';
import { tiendoProperties } from './properties/index.js';
import { Saving } from './saving.js';
import tiendo from './tiendo.json';
import { translation } from './translate.js';
import { offerTrying } from './trying.js';

// the palette of bpmn-js stands over the canvas
const paletteWidth = 132;

for (const frame of document.querySelectorAll('[data-modeler]')) open(frame);

async function open(frame) {
  const canvas = frame.querySelector('[data-modeler-canvas]');
  const translated = translation();
  const modeler = new BpmnModeler({
    container: canvas,
    propertiesPanel: { parent: frame.querySelector('[data-modeler-panel]') },
    additionalModules: [
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
      camundaBehaviors, tiendoProperties, translated.module, kept,
    ],
    moddleExtensions: { camunda, tiendo },
    ...plate,
  });
  const lint = new LintAsYouDraw(modeler, frame);
  new Saving(modeler, frame, lint);
  offerTrying(frame.querySelector('[data-modeler-panel]'));
  Object.assign(frame, { modeler, untranslated: translated.missing });
  try {
    const [xml] = await Promise.all([diagramOf(frame), fontReady()]);
    await modeler.importXML(readable(xml, modeler.get('moddle').getPackages()));
    softenFrames(modeler);
    const fit = () => fitDiagram(modeler, { left: paletteWidth });
    fit();
    zoomButtons(modeler, canvas, fit);
    frame.dataset.ready = 'true';
  } catch (problem) {
    const status = frame.querySelector('[data-modeler-status]');
    status.textContent = text('Sơ đồ chưa mở được: {reason}', { reason: problem.message });
    status.setAttribute('role', 'alert');
  }
}

async function diagramOf(frame) {
  if (!frame.dataset.xml) return blank;
  const answer = await fetch(frame.dataset.xml);
  if (!answer.ok) throw new Error(text('Máy chủ trả lời {status}', { status: answer.status }));
  return answer.text();
}
