/** The block *Offer* in the editor: which moment its slot is for. What shoppers get is drawn by the server. */
(() => {
  'use strict';
  const { blocks, blockEditor, components, element } = window.wp;
  const { createElement } = element;
  // what the server says in the language of whoever edits
  const { title, moment, help, moments } = window.offerliftSlot;

  function Edit({ attributes, setAttributes }) {
    const choice = createElement(components.SelectControl, {
      label: moment,
      help,
      value: attributes.moment,
      options: moments,
      onChange: (chosen) => setAttributes({ moment: chosen }),
      __nextHasNoMarginBottom: true,
      __next40pxDefaultSize: true,
    });
    const chosen = moments.find(({ value }) => value === attributes.moment);
    return createElement(
      'div',
      blockEditor.useBlockProps(),
      createElement(blockEditor.InspectorControls, null, createElement(components.PanelBody, null, choice)),
      createElement(components.Placeholder, { icon: 'tag', label: title }, chosen && chosen.label),
    );
  }

  blocks.registerBlockType('offerlift/slot', { edit: Edit, save: () => null });
})();
