"""The server bovine_herd (PyPI) at https://NAME with one account, herd; run by a Python of its own.

    serve.py NAME ADDRESS CERTIFICATE CONTEXTS       says "Running on" once it listens

CONTEXTS is a file with JSON-LD contexts by address. Nobody can read its actors without a signature.

    POST /control/say {…}        an activity through the account's own outbox
    GET  /control/read?url=      a thing elsewhere, as the server fetches and keeps it
    GET  /control/seen           what came to the inbox, who follows, whom it follows
"""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp.connector
from bovine import BovineClient
from bovine.crypto import generate_ed25519_private_key, private_key_to_did_key
from bovine.types import Visibility
from bovine_herd import BovineHerd
from bovine_store import BovineAdminStore
from hypercorn.asyncio import serve
from hypercorn.config import Config
from pyld import jsonld
from quart import Quart, request

# aiodns, which comes along, would ask a name server for names that only this machine knows.
aiohttp.connector.DefaultResolver = aiohttp.ThreadedResolver

name, address, certificate, contexts = sys.argv[1:]
known = json.loads(Path(contexts).read_text())
own_loader = jsonld.get_document_loader()


def load(url, options=None):
    if url in known:
        return {"contextUrl": None, "documentUrl": url, "document": known[url]}
    return own_loader(url, options)


jsonld.set_document_loader(load)
app = BovineHerd(Quart(__name__), db_url="sqlite://bovine.sqlite3")
secret = generate_ed25519_private_key()


@app.before_serving
async def register():
    store = BovineAdminStore(domain=name)
    account = await store.register("herd")
    app.config["account"] = account
    await store.add_identity_string_to_actor(account, "key", private_key_to_did_key(secret))


async def me():
    return await app.config["bovine_store"].actor_for_name(app.config["account"])


@app.get("/control/me")
async def profile():
    return (await me()).actor_object.build(visibility=Visibility.OWNER)


@app.post("/control/say")
async def say():
    activity = await request.get_json()
    async with BovineClient(domain=name, secret=secret) as client:
        actor = client.information["id"]
        told = await client.send_to_outbox(
            {"@context": "https://www.w3.org/ns/activitystreams", "actor": actor, **activity}
        )
        return {"status": told.status, "id": told.headers.get("location")}


@app.get("/control/read")
async def read():
    async with BovineClient(domain=name, secret=secret) as client:
        return await client.proxy(request.args["url"])


@app.get("/control/seen")
async def seen():
    actor = await me()
    document = actor.actor_object.build(visibility=Visibility.OWNER)
    found = {"inbox": []}
    for collection in ("followers", "following"):
        found[collection] = sorted(await actor.resolve_endpoints([document[collection]]))
    async with BovineClient(domain=name, secret=secret) as client:
        async for each in client.inbox(resolve=True):
            found["inbox"].append(each)
    return found


config = Config()
config.bind = [f"{address}:443"]
config.certfile = config.keyfile = certificate
asyncio.run(serve(app, config))
