"""The plugin's scripts run as a browser runs them: WordPress loads them as they are."""

import json
import subprocess

import pytest

from tests.integrations.woocommerce.php import NODE
from tests.integrations.woocommerce.plugin import FOLDER

SCRIPTS = sorted((FOLDER / "assets").glob("*.js"))
# As much of WordPress's editor as the block needs: elements are lists, and what is registered is printed.
EDITOR = """
const element = { createElement: (type, props, ...children) => [type, props, ...children] };
const parts = { SelectControl: 'select', PanelBody: 'panel', Placeholder: 'placeholder' };
const blockEditor = { useBlockProps: () => ({ class: 'block' }), InspectorControls: 'inspector' };
const registered = {};
const blocks = { registerBlockType: (name, settings) => { registered[name] = settings; } };
globalThis.window = { wp: { blocks, blockEditor, components: parts, element },
  offerliftSlot: { title: 'Offer', moment: 'Moment', help: 'Offers appear here.',
    moments: [{ value: 'cart', label: 'Cart' }, { value: 'payment', label: 'Payment' }] } };
%s
const { edit, save } = registered['offerlift/slot'];
const given = [];
const drawn = edit({ attributes: { moment: 'payment' }, setAttributes: (changed) => given.push(changed) });
const [select, props] = drawn[2][2][2];
props.onChange('cart');
const { label, help, value, options } = props;
const [, { label: title }, chosen] = drawn[3];
console.log(JSON.stringify({ select, label, help, value, options, given, title, chosen, saved: save() }));
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script_compiles(script):
    checked = subprocess.run([*NODE, "--check", str(script)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_block_is_registered_and_sets_its_moment():
    code = EDITOR % (FOLDER / "assets" / "slot-block.js").read_text()
    ran = subprocess.run([*NODE, "-e", code], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == {
        "select": "select",
        "label": "Moment",
        "help": "Offers appear here.",
        "value": "payment",
        "options": [{"value": "cart", "label": "Cart"}, {"value": "payment", "label": "Payment"}],
        "given": [{"moment": "cart"}],
        "title": "Offer",
        "chosen": "Payment",
        "saved": None,
    }
