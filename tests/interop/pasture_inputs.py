"""The documents of the PyPI package fediverse-pasture-inputs as JSON on stdout.

The package needs an older `cryptography` than the node, so it may live in a Python of its own:
JOSOOR_PASTURE_PYTHON names it.
"""

import json

from fediverse_pasture_inputs import available

print(json.dumps([each for data in available.values() for each in data.examples]))  # noqa: T201
