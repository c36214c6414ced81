// A server on Fedify for the tests of Josoor Connect: persons at https://HOST, loopback only.
//
//   PEER_HOST, PEER_ADDRESS     its name, and the address it listens on (port 443)
//   PEER_TLS                    file with certificate and key
//   PEER_CONTROL                port on 127.0.0.1 for orders: POST /NAME with JSON (controls.mjs)
//   PEER_FIRST                  the signature it tries first (Fedify's own choice when unset)
//
// It says "ready" on its standard output. What Fedify does not find signed is answered 401 by
// Fedify itself and heard by nobody; journal.mjs keeps every POST with all verdicts.

import { readFileSync } from "node:fs";
import { createServer as createControl } from "node:http";
import { createServer } from "node:https";
import { createFederation, MemoryKvStore } from "@fedify/fedify";
import { Accept, Activity, Endpoints, Event, Follow, Note, Person, Tombstone, Undo }
  from "@fedify/vocab";
import { controlsOf } from "./controls.mjs";
import { Journal, sent } from "./journal.mjs";
import { State } from "./state.mjs";

// Fedify asks for it to tell runtimes apart; Node has it from release 21 on.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` };

const { PEER_HOST, PEER_ADDRESS, PEER_TLS, PEER_CONTROL, PEER_FIRST } = process.env;
const ORIGIN = `https://${PEER_HOST}`;
const state = await State.of(ORIGIN, ["dora", "emil"]);
const journal = new Journal();

const federation = createFederation({
  kv: new MemoryKvStore(), origin: ORIGIN, allowPrivateAddress: true,
  skipSignatureVerification: false, ...(PEER_FIRST ? { firstKnock: PEER_FIRST } : {}),
});

federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
  software: { name: "fedify-peer", version: "1.0.0" }, protocols: ["activitypub"],
  usage: { users: { total: state.people.size }, localPosts: state.things.size, localComments: 0 },
}));

federation
  .setActorDispatcher("/people/{identifier}", async (ctx, name) => {
    const person = state.people.get(name);
    if (!person) return null;
    if (person.gone) return new Tombstone({ id: ctx.getActorUri(name), deleted: person.gone });
    const keys = await ctx.getActorKeyPairs(name);
    return new Person({
      id: ctx.getActorUri(name), preferredUsername: name, name: name[0].toUpperCase() + name.slice(1),
      inbox: ctx.getInboxUri(name), outbox: ctx.getOutboxUri(name),
      followers: ctx.getFollowersUri(name), endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey, assertionMethods: keys.map((one) => one.multikey),
      aliases: person.aliases.map((one) => new URL(one)),
      ...(person.successor ? { successor: new URL(person.successor) } : {}),
    });
  })
  .setKeyPairsDispatcher((_, name) => state.people.get(name)?.pairs ?? []);

federation.setFollowersDispatcher("/people/{identifier}/followers",
  (_, name) => ({ items: [...state.people.get(name)?.followers.values() ?? []] }));
federation.setOutboxDispatcher("/people/{identifier}/outbox",
  (ctx, name) => ({ items: state.saidBy(ctx.getActorUri(name).href) }));
federation.setObjectDispatcher(Note, "/notes/{id}", (_, { id }) => state.things.get(`/notes/${id}`));
federation.setObjectDispatcher(Event, "/events/{id}", (_, { id }) => state.things.get(`/events/${id}`));

federation.setInboxListeners("/people/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    await journal.heard(follow);
    const name = ctx.parseUri(follow.objectId)?.identifier;
    const follower = await follow.getActor(ctx);
    state.people.get(name).followers.set(follower.id.href, follower);
    await sent(() => ctx.sendActivity({ identifier: name }, follower, new Accept({
      id: state.newId("accepts"), actor: follow.objectId, to: follower.id, object: follow,
    })));
  })
  .on(Undo, async (ctx, undo) => {
    await journal.heard(undo);
    const undone = await undo.getObject(ctx);
    const name = undone instanceof Follow && ctx.parseUri(undone.objectId)?.identifier;
    if (name) state.people.get(name).followers.delete(undo.actorId.href);
  })
  .on(Activity, (_, activity) => journal.heard(activity));

async function federate(message, body) {
  const { method } = message;
  const request = new Request(ORIGIN + message.url,
    { method, headers: message.headers, ...(method === "POST" ? { body } : {}) });
  if (method !== "POST") return await federation.fetch(request, { contextData: undefined });
  const entry = await journal.judge(request.clone(), body);
  const response = entry.http?.spec && state.demanded && entry.http.spec !== state.demanded
    ? new Response("another signature, please", { status: 401 })
    : await federation.fetch(request, { contextData: undefined });
  entry.status = response.status;
  return response;
}

const controls = controlsOf(federation, state, journal);

async function order(message, body) {
  const control = controls[message.url.slice(1)];
  return Response.json(await control(JSON.parse(body.toString() || "{}")) ?? {});
}

const serving = (answer) => async (message, reply) => {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  const response = await answer(message, Buffer.concat(chunks)).catch(
    (error) => new Response(String(error?.stack ?? error), { status: 500 }));
  reply.writeHead(response.status, Object.fromEntries(response.headers));
  reply.end(Buffer.from(await response.arrayBuffer()));
};

const tls = readFileSync(PEER_TLS);
createServer({ cert: tls, key: tls }, serving(federate)).listen(443, PEER_ADDRESS, () =>
  createControl(serving(order)).listen(Number(PEER_CONTROL), "127.0.0.1", () => console.log("ready")));
