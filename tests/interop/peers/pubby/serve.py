"""A weblog with the PyPI package pubby at https://NAME, run by a Python of its own.

serve.py NAME ADDRESS CERTIFICATE        says "Running on" once it listens

POST /control/publish {object, kind?}    Create (or Update, Delete) of an object of the blog
POST /control/act {type, object, to}     any other activity
GET  /control/seen                       what was believed, who follows, replies, likes, shares
"""

import sys
import uuid
from pathlib import Path

from flask import Flask, jsonify, request
from pubby import ActivityPubHandler, Object
from pubby.crypto import generate_rsa_keypair
from pubby.server.adapters.flask import bind_activitypub
from pubby.storage.adapters.db import init_db_storage

name, address, certificate = sys.argv[1:]
origin = f"https://{name}"
app = Flask(__name__)
storage = init_db_storage(f"sqlite:///{Path.cwd() / 'pubby.db'}")
activities = []
accepted = []
blog = ActivityPubHandler(
    storage=storage,
    actor_config={"base_url": origin, "username": "blog", "name": "Das Blog"},
    private_key=generate_rsa_keypair()[0],
    allow_private_targets=True,
    on_activity=lambda _, document: activities.append(document),
    on_follow_response=lambda target, yes: accepted.append([target, yes]),
)
bind_activitypub(app, blog)
posts = {}
context = "https://www.w3.org/ns/activitystreams"
public = f"{context}#Public"
activity_json = "application/activity+json"


@app.post("/control/publish")
def publish():
    order = request.get_json()
    kind = order.get("kind", "Create")
    given = {"id": f"{origin}/posts/{uuid.uuid4()}", "type": "Note", **order["object"]}
    given = {"to": [public], "cc": [blog.followers_url], **given}
    made = Object(attributed_to=blog.actor_id, **given)
    posts[made.id] = None if kind == "Delete" else made.to_dict()
    return jsonify(blog.publish_object(made, activity_type=kind))


# pubby leaves the posts themselves to the website.
@app.get("/posts/<post>")
def show(post):
    found = posts.get(f"{origin}/posts/{post}")
    if found is None:
        return "", 404
    return jsonify({"@context": context, **found}), 200, {"Content-Type": activity_json}


@app.post("/control/act")
def act():
    return jsonify(
        blog.publish_activity(
            {
                "@context": context,
                "id": f"{origin}/activities/{uuid.uuid4()}",
                "actor": blog.actor_id,
                **request.get_json(),
            }
        )
    )


@app.get("/control/seen")
def seen():
    target = request.args.get("target", "")
    return jsonify(
        {
            "activities": activities,
            "accepted": accepted,
            "followers": [each.actor_id for each in storage.get_followers()],
            "interactions": [
                [each.interaction_type.value, each.source_actor_id, each.content]
                for each in (storage.get_interactions(target) if target else [])
            ],
        }
    )


app.run(host=address, port=443, ssl_context=(certificate, certificate), threaded=True)
