// The one script of these pages: it shows what needs passkeys where the browser has them, and asks
// the device. It sends nothing by itself: the answer goes with a form, like everything here.
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = (kind, said) => {
    const publicKey = { ...said, challenge: bytes(said.challenge) };
    if (kind === "get") {
      publicKey.allowCredentials = named(said.allowCredentials);
      return navigator.credentials.get({ publicKey });
    }
    publicKey.user = { ...said.user, id: bytes(said.user.id) };
    publicKey.excludeCredentials = named(said.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  };

  const answer = (found) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (found.response[name]) response[name] = text(found.response[name]);
    }
    return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response });
  };

  const run = async (form) => {
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const found = await ask(form.dataset.ask, JSON.parse(form.dataset.options));
      form.elements.namedItem("credential").value = answer(found);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  };

  if (!window.PublicKeyCredential) return;
  for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-without]")) part.hidden = true;
  const form = document.querySelector("form[data-ask]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form);
  });
  run(form);
})();
