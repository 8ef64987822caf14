// <button data-save-svg="NAME.svg" hidden>: the diagram as a picture that stands by itself.

/** Let the button on the page save the diagram. @param {import('bpmn-js/lib/NavigatedViewer').default} viewer */
export function savePicture(viewer) {
  const button = document.querySelector('[data-save-svg]');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const { svg } = await viewer.saveSVG();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([withColours(svg)], { type: 'image/svg+xml' }));
    link.download = button.dataset.saveSvg;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

// custom properties of our stylesheet mean nothing outside the page; a picture is ink on paper
function withColours(svg) {
  return svg.replaceAll('var(--plate-fill)', '#ffffff').replaceAll(/var\(--plate-(stroke|label)\)/g, '#1c1b19')
    .replaceAll("'Be Vietnam Pro'", 'Be Vietnam Pro');
}
