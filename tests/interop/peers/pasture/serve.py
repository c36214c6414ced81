"""verify_actor of the PyPI package fediverse-pasture at https://NAME, run by a Python of its own.

    serve.py NAME ADDRESS CERTIFICATE        says "Running on" once it listens

Its keys lie in the current folder.
"""

import sys

import aiohttp.connector
from fediverse_pasture.verify_actor import build_app

# aiodns, which comes along, would ask a name server for names that only this machine knows.
aiohttp.connector.DefaultResolver = aiohttp.ThreadedResolver

name, address, certificate = sys.argv[1:]
# Its own command listens on every address, and its factory lacks an argument (0.2.25).
app = build_app(False, name, True, 20)
app.run(host=address, port=443, certfile=certificate, keyfile=certificate)
