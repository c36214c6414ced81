"""Whether the mail server can be spoken with; nothing is sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from node.config import Config
from node.errors import Unavailable
from node.mail.post import connected


async def check_mail(config: Config) -> list[dict[str, str]]:
    """One check as the doctor tells them; none where no mail server is set."""
    if config.mail is None:
        return []
    name = urlsplit(config.origin).hostname or "localhost"
    try:
        async with connected(config.mail, name=name, ca_file=config.ca_file):
            pass
    except Unavailable as trouble:
        mend = "Look at mail (JOSOOR_MAIL) and what belongs to it"
        return [_check("red", f"{config.mail}: {trouble}", mend)]
    return [_check("green", f"{config.mail} answers{_how(config)}", "")]


def _how(config: Config) -> str:
    assert config.mail is not None
    plain = config.mail.on_this_machine and not config.mail.tls
    return ", on this machine" if plain else ", encrypted"


def _check(state: str, says: str, mend: str) -> dict[str, str]:
    return {"check": "mail server", "state": state, "says": says, "mend": mend}
