"""Coming in for the first time: with a password, or with a passkey and no password at all."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from node.context import Context
from node.errors import Invalid
from node.people import passkeys, passwords, store
from node.people.entering import BAD_NAME, TAKEN
from node.people.model import Person, clean_name
from node.people.passkey_asking import ask_for_new, made
from node.people.passkey_checks import NewKey
from node.people.passkey_store import Purpose
from node.people.signing_in import device_of
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """By what somebody comes in: the digest of her `password`, or a passkey with its handle."""

    password: str | None = None
    passkey: NewKey | None = None
    handle: str = ""
    label: str = ""


async def ask_newcomer(request: web.Request, *, action: str, back: str) -> web.Response:
    """The page on which the device of somebody new makes a passkey for the name that she typed.

    Raises: Invalid for a name that is none, or is taken; Conflict, TooMany.
    """
    name = clean_name((await form_of(request)).text("name"))
    if name is None:
        raise Invalid({"name": BAD_NAME})

    async def is_taken(tx: Transaction) -> bool:
        return await store.by_name(tx, name) is not None

    if await request.app[NODE].look(is_taken):
        raise Invalid({"name": TAKEN})
    return await ask_for_new(
        request, Purpose.ENTER, name, action=action, fields={"name": name}, back=back
    )


async def way_in(request: web.Request) -> WayIn:
    """What came with the form of somebody new. Raises: Invalid, NotAllowed, Unavailable."""
    form = await form_of(request)
    if form.get("credential"):
        new, handle = await made(request, Purpose.ENTER)
        return WayIn(passkey=new, handle=handle, label=device_of(request) or "1")
    return WayIn(password=await passwords.digest_of(_checked(form)))


def _checked(form: Form) -> str:
    """The password that was typed. Raises: Invalid, with what is wrong with the name as well."""
    name, wrong = clean_name(form.text("name")), {}
    if name is None:
        wrong["name"] = BAD_NAME
    try:
        clean = passwords.check_rules(form.get("password", ""), name or "")
    except Invalid as error:
        raise Invalid({**wrong, **error.fields}) from error
    if wrong:
        raise Invalid(wrong)
    return clean


async def keep_passkey(context: Context, person: Person, way: WayIn) -> None:
    """Keep the passkey of somebody new, if that is what she chose. Raises: Conflict."""
    if way.passkey is not None:
        await passkeys.add(context, person, way.passkey, way.handle, way.label)
