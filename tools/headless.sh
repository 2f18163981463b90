#!/usr/bin/env bash
# Install what the tests of integrations/snippet's server client and React component, and of integrations/medusa, need.
exec "$(dirname "$0")/node_packages.sh" tests/integrations/headless "packages for the tests of headless shops"
