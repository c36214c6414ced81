// Every POST to an inbox with the verdict of each of Fedify's verifiers, and what was believed.

import {
  detachSignature, hasProofLike, hasSignatureLike, verifyJsonLd, verifyObject, verifyRequestDetailed,
} from "@fedify/fedify/sig";
import { Activity } from "@fedify/vocab";
import { getDocumentLoader } from "@fedify/vocab-runtime";

export const loader = getDocumentLoader({ allowPrivateAddress: true });
const loaders = { documentLoader: loader, contextLoader: loader };

// A busy node says so with 503, and servers come again. Fedify does that with a queue, not without.
export async function patiently(work, isBusy) {
  for (let tries = 0; ; tries += 1) {
    const { result, error } = await work().then((result) => ({ result }), (error) => ({ error }));
    if (tries === 40 || !isBusy(result, error)) {
      if (error) throw error;
      return result;
    }
    await new Promise((done) => setTimeout(done, 250));
  }
}

export const sent = (work) => patiently(work, (_, error) => error?.statusCode === 503);

export class Journal {
  posts = [];
  believed = [];

  forget() {
    this.posts.length = this.believed.length = 0;
  }

  async heard(activity) {
    this.believed.push(await activity.toJsonLd({ contextLoader: loader, format: "compact" }));
  }

  async judge(request, body) {
    const entry = { path: new URL(request.url).pathname, http: await http(request), status: null };
    this.posts.push(entry);
    const document = parsed(body);
    if (document === null) return entry;
    entry.document = document;
    if (hasSignatureLike(document)) entry.ld = await holds(() => verifyJsonLd(document, loaders));
    if (hasProofLike(document)) {
      entry.proof = await holds(async () =>
        await verifyObject(Activity, detachSignature(document), loaders) !== null);
    }
    return entry;
  }
}

function parsed(body) {
  try { return JSON.parse(body.toString("utf8")); } catch { return null; }
}

async function holds(check) {
  try { return { valid: await check() }; } catch (error) { return { valid: false, why: String(error) }; }
}

async function http(request) {
  const spec = request.headers.has("signature-input") ? "rfc9421"
    : request.headers.has("signature") ? "draft-cavage-http-signatures-12" : null;
  if (spec === null) return { spec, valid: false };
  const found = await verifyRequestDetailed(request, { ...loaders, spec });
  return found.verified ? { spec, valid: true, key: found.key.id.href }
    : { spec, valid: false, why: found.reason.type };
}
