"""What opened doors at the time of a backup opens none after it was restored.

Since then somebody may have signed out, used a link, or ended a token that was stolen. Passwords,
passkeys and codes that were replaced since are ended by the ledger of erasures (`ways_in`).
"""

from __future__ import annotations

from node.context import Context
from node.happenings import Restored, happenings
from node.ids import stamp


@happenings.on(Restored)
async def end_what_opened_doors(context: Context, fact: Restored) -> None:
    """End every session, token, invitation, link to a new password and setup link; and forget
    which requests were made, or their repetition would be answered from then."""
    for table in ("session", "entry_link", "setup_link", "repeat_key", "passkey_challenge"):
        await context.tx.run(f"delete from {table}")  # noqa: S608  our own names
    await context.tx.run(
        "update token set revoked_at = :now where revoked_at is null", now=stamp(context.now)
    )
