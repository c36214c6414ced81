"""Every module that hears, does or forgets something: importing this fills the tables of listeners,
happenings, jobs and operations."""

# ruff: noqa: F401

from __future__ import annotations

import node.community.channels_federate
import node.community.federate
import node.community.rotation
import node.conversations.appealing
import node.conversations.erasing
import node.conversations.federate
import node.conversations.forgetting
import node.conversations.gathering
import node.conversations.moderating
import node.events.federate
import node.events.pictures
import node.events.sharing
import node.forgetting
import node.mail.keeping
import node.media.giving
import node.members.exporting
import node.members.federate
import node.members.hiding
import node.members.letters
import node.members.moderating
import node.moderation.erasing
import node.moderation.federate
import node.moderation.forgetting
import node.network.bordering
import node.network.federate
import node.network.moderating
import node.network.moving
import node.network.share_federate
import node.operations.access
import node.operations.backups
import node.operations.block_lists
import node.operations.cases
import node.operations.channels
import node.operations.community
import node.operations.conversations
import node.operations.decisions
import node.operations.deliveries
import node.operations.erasing
import node.operations.events
import node.operations.health
import node.operations.inspecting
import node.operations.keys
import node.operations.mail
import node.operations.media
import node.operations.members
import node.operations.moderation
import node.operations.network
import node.operations.pending
import node.operations.people
import node.operations.queueing
import node.operations.releasing
import node.operations.reports
import node.operations.rotation
import node.operations.rsvps
import node.operations.sharing
import node.operations.system
import node.operations.translations
import node.people.restored
import node.rsvp.confirming
import node.rsvp.erasing
import node.rsvp.federate
import node.rsvp.forgetting
import node.rsvp.gathering
import node.rsvp.polls
import node.rsvp.replies
import node.rsvp.telling
import node.rsvp.votes
