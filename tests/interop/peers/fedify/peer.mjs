// A small server on Fedify for the tests of Josoor Connect: one Person, plain http, loopback only.
//
//   node peer.mjs PORT          says "ready" on its standard output
//
//   POST /control/find   {account, origin}   what WebFinger there leads to
//   POST /control/follow {actor}             Follow, signed by Fedify
//   POST /control/note   {content}           Create{Note} to everybody who follows dora
//   GET  /control/journal                    every POST to an inbox, with Fedify's verdict
//
// A POST that Fedify does not find signed is answered 401 by Fedify itself and heard by nobody.

import { createServer } from "node:http";
import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import { verifyRequestDetailed } from "@fedify/fedify/sig";
import { Accept, Activity, Create, Endpoints, Follow, Note, Person, PUBLIC_COLLECTION }
  from "@fedify/vocab";
import { getDocumentLoader } from "@fedify/vocab-runtime";
import { lookupWebFinger } from "@fedify/webfinger";

// Fedify asks for it to tell runtimes apart; Node has it from release 21 on.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` };

const port = Number(process.argv[2]);
const ORIGIN = `http://127.0.0.1:${port}`;
const NAME = "dora";
const pairs = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
const loader = getDocumentLoader({ allowPrivateAddress: true });
const followers = new Map();
const journal = [];
const heard = [];

const federation = createFederation({
  kv: new MemoryKvStore(), origin: ORIGIN, allowPrivateAddress: true, skipSignatureVerification: false,
});

federation
  .setActorDispatcher("/people/{identifier}", async (ctx, identifier) => {
    if (identifier !== NAME) return null;
    const keys = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier), preferredUsername: NAME, name: "Dora",
      inbox: ctx.getInboxUri(identifier), followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey, assertionMethods: keys.map((one) => one.multikey),
    });
  })
  .setKeyPairsDispatcher((_, identifier) => identifier === NAME ? pairs : []);

federation.setFollowersDispatcher("/people/{identifier}/followers",
  (_, identifier) => identifier === NAME ? { items: [...followers.values()] } : null);

const remember = async (activity) => {
  heard.push(await activity.toJsonLd({ contextLoader: loader, format: "compact" }));
};

federation.setInboxListeners("/people/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    await remember(follow);
    const follower = await follow.getActor(ctx);
    followers.set(follower.id.href, follower);
    await ctx.sendActivity({ identifier: NAME }, follower, new Accept({
      id: new URL(`${ORIGIN}/accepts/${crypto.randomUUID()}`),
      actor: ctx.getActorUri(NAME), to: follower.id, object: follow,
    }));
  })
  .on(Activity, (_, activity) => remember(activity));

const context = () => federation.createContext(new URL(ORIGIN), undefined);

async function actorAt(address) {
  const documentLoader = await context().getDocumentLoader({ identifier: NAME });
  return await context().lookupObject(new URL(address), { documentLoader });
}

const controls = {
  async find({ account, origin }) {
    // Fedify looks for a bare handle over https; at an http address it asks over http.
    const jrd = await lookupWebFinger(new URL(origin), { allowPrivateAddress: true });
    const self = jrd?.links.find((link) => link.rel === "self");
    const actor = self && await actorAt(self.href);
    const back = actor && await lookupWebFinger(actor.id, { allowPrivateAddress: true });
    return { actor: actor?.id.href, known: back?.subject === `acct:${account}` };
  },
  async follow({ actor }) {
    const followed = await actorAt(actor);
    const id = new URL(`${ORIGIN}/follows/${crypto.randomUUID()}`);
    await context().sendActivity({ identifier: NAME }, followed, new Follow({
      id, actor: context().getActorUri(NAME), object: followed.id, to: followed.id,
    }));
    return { id: id.href };
  },
  async note({ content }) {
    const id = new URL(`${ORIGIN}/notes/${crypto.randomUUID()}`);
    const [attribution, cc] = [context().getActorUri(NAME), context().getFollowersUri(NAME)];
    const note = new Note({ id, attribution, content, to: PUBLIC_COLLECTION, cc });
    await context().sendActivity({ identifier: NAME }, [...followers.values()], new Create({
      id: new URL(`${id.href}/create`), actor: attribution, object: note, to: PUBLIC_COLLECTION, cc,
    }));
    return { id: id.href };
  },
  journal: () => ({ posts: journal, heard, followers: [...followers.keys()] }),
};

async function verdict(request) {
  const spec = "draft-cavage-http-signatures-12";
  const found = await verifyRequestDetailed(request, { documentLoader: loader, contextLoader: loader, spec });
  return found.verified ? { valid: true, key: found.key.id.href } : { valid: false, ...found.reason };
}

async function federate(message, body) {
  const method = message.method;
  const request = new Request(ORIGIN + message.url,
    { method, headers: message.headers, ...(method === "POST" ? { body } : {}) });
  const entry = method === "POST" && { path: message.url, ...await verdict(request.clone()) };
  const response = await federation.fetch(request, { contextData: undefined });
  if (entry) journal.push({ ...entry, status: response.status });
  return response;
}

async function answer(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const [, prefix, name] = message.url.split("/");
  if (prefix !== "control") return await federate(message, body);
  return Response.json(await controls[name](JSON.parse(body.toString() || "{}")));
}

createServer(async (message, reply) => {
  const response = await answer(message).catch(
    (error) => new Response(String(error?.stack ?? error), { status: 500 }));
  reply.writeHead(response.status, Object.fromEntries(response.headers));
  reply.end(Buffer.from(await response.arrayBuffer()));
}).listen(port, "127.0.0.1", () => console.log("ready"));
