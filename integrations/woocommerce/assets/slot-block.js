/** The block *Offer* in the editor: which moment its slot is for. What shoppers get is drawn by the server. */
(() => {
  'use strict';
  const { blocks, blockEditor, components, element, i18n } = window.wp;
  const { createElement } = element;
  const { __ } = i18n;
  const moments = window.offerliftMoments || [];

  function Edit({ attributes, setAttributes }) {
    const choice = createElement(components.SelectControl, {
      label: __('Moment', 'offerlift'),
      help: __('Offers appear here while a test or a winner is at this moment.', 'offerlift'),
      value: attributes.moment,
      options: moments,
      onChange: (moment) => setAttributes({ moment }),
      __nextHasNoMarginBottom: true,
      __next40pxDefaultSize: true,
    });
    const chosen = moments.find(({ value }) => value === attributes.moment);
    return createElement(
      'div',
      blockEditor.useBlockProps(),
      createElement(blockEditor.InspectorControls, null, createElement(components.PanelBody, null, choice)),
      createElement(components.Placeholder, { icon: 'tag', label: __('Offer', 'offerlift') }, chosen && chosen.label),
    );
  }

  blocks.registerBlockType('offerlift/slot', { edit: Edit, save: () => null });
})();
