// <form data-picks> with <select data-pick> whose options name elements ([data-element]): a click on the diagram
// chooses. The first list that knows the element and does not stand at it already takes it; the list suffices too.

/** Let clicks on the diagram choose in the form that is open. */
export function pickFromDiagram() {
  document.addEventListener('diagram:element', ({ detail }) => {
    const form = [...document.querySelectorAll('details[open] form[data-picks]')].at(-1);
    for (const list of form?.querySelectorAll('select[data-pick]') ?? []) {
      const option = [...list.options].find(({ dataset }) => dataset.element === detail.id);
      if (!option || option.selected) continue;
      list.value = option.value;
      list.dispatchEvent(new Event('change', { bubbles: true }));
      return;
    }
  });
}
