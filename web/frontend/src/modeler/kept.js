// What bpmn-js drops when it saves a drawing made elsewhere, and must not: shapes and edges it does not show,
// references to things that are not in the file, extensions under a prefix it takes for its own.

const attribute = (prefix) => new RegExp(`(\\s)(?:xmlns:${prefix}|${prefix}:([\\w.-]+))(\\s*=\\s*["'])`, 'g');
const tags = /<(?![!?])(?:[^>"']|"[^"]*"|'[^']*')*>/g;

/** Give the XML with other prefixes for foreign namespaces that use a prefix of ours (Activiti's `camunda:`). */
export function readable(xml, packages) {
  for (const { prefix, uri } of packages) {
    const declared = new RegExp(`xmlns:${prefix}\\s*=\\s*["']([^"']*)["']`).exec(xml);
    if (!declared || declared[1] === uri) continue;
    let fresh = `${prefix}_foreign`;
    while (xml.includes(`${fresh}:`)) fresh += '_';
    xml = xml.replace(tags, (tag) => tag
      .replace(new RegExp(`^(</?)${prefix}:`), `$1${fresh}:`)
      .replace(attribute(prefix), (_all, space, name, rest) => (
        `${space}${name ? `${fresh}:${name}` : `xmlns:${fresh}`}${rest}`)));
  }
  return xml;
}

/** Remembers at the import what the save would drop, and puts it back as long as its element is there. */
class Kept {
  constructor(eventBus, elementRegistry, moddle) {
    Object.assign(this, { elementRegistry, undrawn: [], dangling: [] });
    writeWhatWasSaid(moddle);
    eventBus.on('import.parse.complete', ({ warnings }) => {
      this.dangling = (warnings ?? []).filter(({ element, property, value }) => element && property && value);
    });
    eventBus.on('import.done', ({ error }) => {
      if (!error) this.remember();
    });
    eventBus.on('import.render.start', 2000, (_event, { definitions }) => {
      this.definitions = definitions;
    });
    // the order of what is drawn is written at a higher priority, from the canvas alone
    eventBus.on('saveXML.start', 500, () => this.putBack());
    eventBus.on('saveXML.serialized', ({ xml }) => (this.dangling.length ? this.withReferences(xml) : xml));
  }

  remember() {
    const drawn = new Set(this.elementRegistry.getAll().map(({ di }) => di));
    const planes = (this.definitions?.diagrams ?? []).map(({ plane }) => plane).filter(Boolean);
    this.undrawn = planes.flatMap((plane) => plane.get('planeElement')
      .filter((di) => !drawn.has(di)).map((di) => ({ plane, di })));
  }

  putBack() {
    for (const { plane, di } of this.undrawn) {
      const isThere = !di.bpmnElement || within(di.bpmnElement, this.definitions);
      const all = plane.get('planeElement');
      if (isThere && within(plane, this.definitions) && !all.includes(di)) all.push(di);
    }
  }

  withReferences(xml) {
    const page = new DOMParser().parseFromString(xml, 'application/xml');
    if (page.querySelector('parsererror')) return xml;
    for (const reference of this.dangling) refer(page, reference);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(page.documentElement)}`;
  }
}

Kept.$inject = ['eventBus', 'elementRegistry', 'moddle'];

export const kept = { __init__: ['kept'], kept: ['type', Kept] };

// a default that was written down is written down again
function writeWhatWasSaid(moddle) {
  const { properties } = moddle.create('bpmndi:BPMNEdge').$descriptor;
  const kind = properties.find(({ ns }) => ns.localName === 'messageVisibleKind');
  if (kind) delete kind.default;
}

function within(element, definitions) {
  while (element && element !== definitions) element = element.$parent;
  return Boolean(element);
}

function refer(page, { element, property, value }) {
  const node = element.id && page.querySelector(`[id="${CSS.escape(element.id)}"]`);
  if (!node) return;
  const { properties } = element.$descriptor;
  const order = properties.findIndex(({ name }) => name === property);
  const name = property.slice(property.indexOf(':') + 1);
  if (properties[order]?.isAttr) {
    if (!node.hasAttribute(name)) node.setAttribute(name, value);
    return;
  }
  const same = [...node.children].filter((child) => child.localName === name);
  if (same.length && !properties[order]?.isMany) return;
  const made = page.createElementNS(node.namespaceURI, node.prefix ? `${node.prefix}:${name}` : name);
  made.textContent = value;
  const place = (child) => properties.findIndex(({ ns }) => ns.localName === child.localName);
  node.insertBefore(made, [...node.children].find((child) => place(child) > order) ?? null);
}
