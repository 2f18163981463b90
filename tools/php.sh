#!/usr/bin/env bash
# Install the PHP in WebAssembly that the WooCommerce plugin's tests run it in: five versions, about 290 MB.
exec "$(dirname "$0")/node_packages.sh" tests/integrations/woocommerce "PHP for the plugin's tests"
