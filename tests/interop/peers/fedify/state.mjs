// What the peer holds: its people with their keys, and what they published.

import { generateCryptoKeyPair } from "@fedify/fedify";

export class State {
  constructor(origin) {
    this.origin = origin;
    this.people = new Map();
    this.things = new Map();   // path -> Note or Event
    this.said = [];            // Create activities, newest first
    this.demanded = null;      // the only kind of HTTP signature that is taken
  }

  static async of(origin, names) {
    const state = new State(origin);
    for (const name of names) {
      const pairs = await Promise.all(
        ["RSASSA-PKCS1-v1_5", "Ed25519"].map((kind) => generateCryptoKeyPair(kind)));
      state.people.set(name, { pairs });
    }
    state.forget();
    return state;
  }

  forget() {
    for (const person of this.people.values()) Object.assign(person,
      { followers: new Map(), follows: new Map(), aliases: [], successor: null, gone: null });
    this.things.clear();
    this.said.length = 0;
    this.demanded = null;
  }

  newId(kind) {
    return new URL(`${this.origin}/${kind}/${crypto.randomUUID()}`);
  }

  keep(thing) {
    this.things.set(thing.id.pathname, thing);
  }

  saidBy(actor) {
    return this.said.filter((one) => one.actorId.href === actor);
  }
}
