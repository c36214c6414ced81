"""Decisions made by a running node: the author is looked up where her server is to be told."""

from __future__ import annotations

from federation.errors import FederationError
from federation.ports import RemoteActor
from node.context import Context
from node.errors import NotFound, Unavailable
from node.i18n.messages import N_
from node.moderation import case_store, cases
from node.moderation.case_model import PURPOSE, Case, Complaint, Verdict
from node.moderation.ruling import change
from node.services import Node

_GONE = N_("This server does not answer, or does not know this name.")


async def decide(node: Node, case_id: str, verdict: Verdict, by: str) -> Case:
    """The case with its decision, in force before anybody is answered.

    Raises: what `cases.decide` raises, Unavailable where the author's server does not answer.
    """
    case = await node.look(lambda tx: case_store.find(tx, case_id))
    if case is None:
        raise NotFound(cases.NO_CASE)
    accused = await _accused(node, case) if verdict.forward is not None else None

    async def work(context: Context) -> Case:
        return await cases.decide(context, case_id, verdict, by=by, accused=accused)

    return await change(node, work)


async def _accused(node: Node, case: Case) -> RemoteActor:
    if not case.host:
        raise NotFound(cases.NO_CASE)
    try:
        return await node.actors.actor(case.author)
    except FederationError as trouble:
        raise Unavailable(_GONE) from trouble


def seal_for(node: Node) -> cases.Seal:
    """Seals what a reporter said of herself, so that only her complaint opens it."""
    vault = node.keyring.vault

    def seal(complaint_id: str, contact: str) -> bytes:
        return vault.seal(contact.encode(), row=f"complaint:{complaint_id}", purpose=PURPOSE)

    return seal


def contact_of(node: Node, complaint: Complaint) -> str:
    """What a reporter said of herself; "" if she said nothing."""
    if complaint.sealed is None:
        return ""
    row = f"complaint:{complaint.id}"
    return node.keyring.vault.open(complaint.sealed, row=row, purpose=PURPOSE).decode()
