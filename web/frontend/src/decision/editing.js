// dmn-js as the bar, the lint and the saving of the diagram editor know an editor: one object with `on`, `get`,
// `saveXML`, though dmn-js holds an editor of its own for each part of the model.

const nothing = { canUndo: () => false, canRedo: () => false, undo() {}, redo() {} };

/** The whole model being edited. */
export class Editing {
  constructor(dmn) {
    this.dmn = dmn;
    this.heard = new Map();
    dmn.on('import.done', () => this.tell('import.done'));
    dmn.on('viewer.created', ({ viewer }) => {
      viewer.on('commandStack.changed', ({ trigger }) => {
        // opening another part clears the stack of its editor; nothing was changed by that
        if (trigger !== 'clear') this.tell('commandStack.changed');
      });
    });
  }

  on(names, act) {
    for (const name of [names].flat()) this.heard.set(name, [...(this.heard.get(name) ?? []), act]);
  }

  tell(name) {
    for (const act of this.heard.get(name) ?? []) act({});
  }

  get(name) {
    return this.dmn.getActiveViewer()?.get(name, false) ?? nothing;
  }

  saveXML(options) {
    return this.dmn.saveXML(options);
  }

  /** The part that an element belongs to: a decision or knowledge model, else the diagram. */
  viewOf(id) {
    const views = this.dmn.getViews();
    return views.find(({ element }) => element.id === id)
      ?? views.find(({ element }) => element.$type !== 'dmn:Definitions' && holds(element, id));
  }
}

function holds(part, id) {
  if (!part || typeof part !== 'object') return false;
  if (part.id === id) return true;
  const { properties } = part.$descriptor ?? {};
  return (properties ?? []).some(({ name, isReference }) => {
    if (isReference || name === '$parent') return false;
    const value = part.get(name);
    return Array.isArray(value) ? value.some((one) => holds(one, id)) : Boolean(value?.$type) && holds(value, id);
  });
}
