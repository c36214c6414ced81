"""The border: nothing leaves for a server with which we do not speak."""

from __future__ import annotations

from activitypub.errors import UrlRefused
from activitypub.identity import host_of
from federation.errors import AddressRefused, Blocked
from federation.policy import Policy
from federation.ports import Response, Transport
from keys.message import Request


class Border:
    """A transport that asks the rules anew for every request, also for each hop of a redirect.

    Whatever is fetched, looked up or delivered passes here, so that no caller can forget to ask.
    """

    def __init__(self, transport: Transport, policy: Policy) -> None:
        self._transport = transport
        self._policy = policy

    async def send(self, request: Request, *, limit: int, seconds: float) -> Response:
        """The answer to one request. Raises: Blocked, and what the transport raises."""
        try:
            host = host_of(request.url)
        except UrlRefused as error:
            raise AddressRefused("This is not an address that can be asked.") from error
        if not self._policy.allows_out(host) or self._policy.actor_blocked(request.url):
            raise Blocked("We do not speak with this server.")
        return await self._transport.send(request, limit=limit, seconds=seconds)
