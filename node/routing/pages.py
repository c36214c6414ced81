"""Pages and feeds for people without an account."""

from __future__ import annotations

from node.community import legal_pages as legal
from node.community import pages as community
from node.desk import setup_pages as setup
from node.doors import feeds, media, static
from node.events import pages as events
from node.moderation import pages as moderation
from node.network import following_in
from node.network import pages as network
from node.routing.policies import PUBLIC, PUBLIC_FORM, SETUP, Route
from node.rsvp import pages as rsvp
from node.urls import ID_PATTERN

PAGES: tuple[Route, ...] = (
    # pages
    Route("GET", "/", network.get_home, PUBLIC, kept=True),
    Route("GET", "/events", events.get_events, PUBLIC, kept=True),
    Route("POST", f"/e/{ID_PATTERN}/rsvp", rsvp.post_answer, PUBLIC_FORM),
    Route("GET", "/rsvp/{secret}", rsvp.get_rsvp, PUBLIC),
    Route("POST", "/rsvp/{secret}", rsvp.post_rsvp, PUBLIC_FORM),
    Route("GET", "/network", network.get_network, PUBLIC, kept=True),
    Route("GET", "/report", moderation.get_report, PUBLIC),
    Route("POST", "/report", moderation.post_report, PUBLIC_FORM),
    Route("GET", "/report/{secret}", moderation.get_receipt, PUBLIC),
    Route("GET", "/follow", following_in.get_follow, PUBLIC),
    Route("POST", "/follow", following_in.post_follow, PUBLIC_FORM),
    Route("GET", "/about", community.get_about, PUBLIC, kept=True),
    Route("GET", "/imprint", legal.get_imprint, PUBLIC, kept=True),
    Route("GET", "/privacy", legal.get_privacy, PUBLIC, kept=True),
    Route("GET", "/setup/{secret}", setup.get_community, SETUP),
    Route("POST", "/setup/{secret}", setup.post_community, SETUP),
    Route("GET", "/setup/{secret}/legal", setup.get_legal, SETUP),
    Route("POST", "/setup/{secret}/legal", setup.post_legal, SETUP),
    Route("GET", "/setup/{secret}/you", setup.get_you, SETUP),
    Route("POST", "/setup/{secret}/you", setup.post_you, SETUP),
    Route("POST", "/setup/{secret}/you/passkey", setup.post_you_passkey, SETUP),
    Route("GET", "/static/{name}", static.get_static, PUBLIC),
    Route("GET", f"/media/{ID_PATTERN}.jpg", media.get_picture, PUBLIC),
    Route("GET", f"/media/{ID_PATTERN}-480.jpg", media.get_small_picture, PUBLIC),
    Route("GET", "/favicon.ico", static.get_favicon, PUBLIC),
    Route("GET", "/robots.txt", static.get_robots, PUBLIC),
    # feeds
    Route("GET", "/events.ics", feeds.get_calendar, PUBLIC, kept=True),
    Route("GET", "/events.atom", feeds.get_atom, PUBLIC, kept=True),
    Route("GET", "/events.json", feeds.get_json_feed, PUBLIC, kept=True),
    Route("GET", f"/e/{ID_PATTERN}.ics", feeds.get_event_calendar, PUBLIC, kept=True),
)
