// What a test may order the peer to do. `by` is who does it (dora when nobody is named); `deliver`
// holds ids of actors, or "followers".
//
//   find {account}                          the actor behind @user@host, by WebFinger over https
//   read {url} · walk {url}                 an object, the ids in a collection, as Fedify reads them
//   follow {actor} · unfollow {actor}
//   publish {object, deliver} · change {object, deliver} · erase {id, deliver}
//   act {activity, deliver}                 any activity, signed in every way Fedify signs
//   knock {inbox, activity, spec, proof, ld, tamper}   one POST exactly so, without second knock
//   alias {of} · move {to, deliver} · vanish {deliver}
//   demand {spec}                           401 for HTTP signatures of another kind; null for none
//   journal {} · reset {}                   the latter forgets everything but the keys

import { Temporal } from "@js-temporal/polyfill";
import { signJsonLd, signObject, signRequest } from "@fedify/fedify/sig";
import * as vocab from "@fedify/vocab";
import { loader, patiently, sent } from "./journal.mjs";

const { Activity, Create, Delete, Follow, Move, PUBLIC_COLLECTION, Tombstone, Undo, Update } = vocab;
const loaders = { documentLoader: loader, contextLoader: loader };
const AS2 = "https://www.w3.org/ns/activitystreams";
const DAY = 24 * 3600e3;

export function controlsOf(federation, state, journal) {
  const context = () => federation.createContext(new URL(state.origin), undefined);
  const json = (thing) => thing.toJsonLd({ contextLoader: loader, format: "compact" });
  const uri = (by) => context().getActorUri(by);

  async function at(address, by = "dora") {
    const documentLoader = await context().getDocumentLoader({ identifier: by });
    const found = await context().lookupObject(address, { documentLoader });
    if (!found) throw new Error(`Fedify finds nothing at ${address}`);
    return found;
  }

  async function send(by, deliver, activity) {
    const known = [...state.people.get(by).followers.values()];
    const listed = deliver.filter((one) => one !== "followers");
    const named = await Promise.all(listed.map((one) => at(one, by)));
    const all = deliver.includes("followers") ? [...known, ...named] : named;
    await sent(() => context().sendActivity({ identifier: by }, all, activity));
    return await json(activity);
  }

  async function made(by, object) {
    const kind = object.type === "Event" ? "events" : "notes";
    return await vocab.Object.fromJsonLd({
      "@context": AS2, id: state.newId(kind).href, attributedTo: uri(by).href,
      to: `${AS2}#Public`, published: new Date().toISOString(), ...object,
    }, loaders);
  }

  const about = (by, thing) =>
    ({ actor: uri(by), object: thing, tos: thing.toIds, ccs: thing.ccIds });

  return {
    async find({ account }) {
      const actor = await at(account);
      return { id: actor.id.href, type: actor.constructor.name, handle: await vocab.getActorHandle(actor,
        { documentLoader: loader, contextLoader: loader }) };
    },
    read: async ({ url }) => await json(await at(url)),
    async walk({ url }) {
      const ids = [];
      for await (const item of context().traverseCollection(await at(url))) ids.push(item.id.href);
      return { ids };
    },
    async follow({ actor, by = "dora" }) {
      const followed = await at(actor, by);
      const follow = new Follow({ id: state.newId("follows"), actor: uri(by), object: followed.id, to: followed.id });
      state.people.get(by).follows.set(followed.id.href, follow);
      return await send(by, [followed.id.href], follow);
    },
    async unfollow({ actor, by = "dora" }) {
      const follow = state.people.get(by).follows.get(actor);
      return await send(by, [actor], new Undo({ id: state.newId("undos"), actor: uri(by), object: follow, to: follow.objectId }));
    },
    async publish({ object, by = "dora", deliver = ["followers"] }) {
      const thing = await made(by, object);
      state.keep(thing);
      const create = new Create({ id: new URL(`${thing.id.href}#create`), ...about(by, thing) });
      state.said.unshift(create);
      await send(by, deliver, create);
      return await json(thing);
    },
    async change({ object, by = "dora", deliver = ["followers"] }) {
      const thing = await made(by, { updated: new Date().toISOString(), ...object });
      state.keep(thing);
      return await send(by, deliver, new Update({ id: state.newId("updates"), ...about(by, thing) }));
    },
    async erase({ id, by = "dora", deliver = ["followers"] }) {
      const grave = new Tombstone({ id: new URL(id) });
      state.things.delete(grave.id.pathname);
      return await send(by, deliver, new Delete({
        id: new URL(`${id}#delete`), actor: uri(by), object: grave, to: PUBLIC_COLLECTION }));
    },
    act: async ({ activity, by = "dora", deliver = ["followers"] }) => await send(by, deliver,
      await Activity.fromJsonLd({ "@context": AS2, id: state.newId("activities").href,
        actor: uri(by).href, ...activity }, loaders)),
    async knock({ inbox, activity, spec, proof, ld, tamper, by = "dora" }) {
      const [rsa, ed] = await context().getActorKeyPairs(by);
      let document = { "@context": AS2, id: state.newId("activities").href, actor: uri(by).href, ...activity };
      if (proof) document = await json(await signObject(
        await Activity.fromJsonLd(document, loaders), ed.privateKey, ed.multikey.id, loaders));
      if (ld) document = await signJsonLd(document, rsa.privateKey, rsa.keyId, loaders);
      if (tamper === "content") document.summary = "changed after it was signed";
      const body = JSON.stringify(document);
      const when = new Date(Date.now() - (tamper === "date" ? 2 * DAY : 0));
      let request = new Request(inbox, { method: "POST", body, headers: {
        "Content-Type": "application/activity+json", Date: when.toUTCString(), Host: new URL(inbox).host } });
      const keyId = tamper === "key" ? new URL(`${uri(by).href}#no-key`) : rsa.keyId;
      const currentTime = Temporal.Instant.fromEpochMilliseconds(when.getTime());
      if (spec) request = await signRequest(request, rsa.privateKey, keyId, { spec, currentTime });
      const headers = new Headers(request.headers);
      if (tamper === "digest") for (const name of ["digest", "content-digest"]) headers.delete(name);
      const bytes = tamper === "body" ? body.replace(/}$/, ',"x":1}') : body;
      const answer = await patiently(() => fetch(inbox, { method: "POST", headers, body: bytes }),
        (one) => one?.status === 503);
      return { id: document.id, status: answer.status, text: await answer.text() };
    },
    alias({ of, by = "dora" }) { state.people.get(by).aliases.push(of); },
    async move({ to, by = "dora", deliver = ["followers"] }) {
      state.people.get(by).successor = to;
      return await send(by, deliver, new Move({ id: state.newId("moves"), actor: uri(by),
        object: uri(by), target: new URL(to), to: context().getFollowersUri(by) }));
    },
    async vanish({ by = "dora", deliver = ["followers"] }) {
      const told = await send(by, deliver, new Delete({ id: new URL(`${uri(by).href}#delete`),
        actor: uri(by), object: uri(by), to: PUBLIC_COLLECTION }));
      state.people.get(by).gone = Temporal.Now.instant();
      return told;
    },
    demand({ spec }) { state.demanded = spec; },
    reset() { state.forget(); journal.forget(); },
    journal: () => ({ posts: journal.posts, believed: journal.believed,
      followers: Object.fromEntries([...state.people].map(([name, one]) => [name, [...one.followers.keys()]])) }),
  };
}
