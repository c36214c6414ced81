"""Waves of strangers: their words wait, whom we know passes, and there is an end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from node.context import Context
from node.errors import NotFound
from node.moderation import waves
from tests.node.conversations.talks import Talk, talking
from tests.node.moderation.desks import CASES, Team
from tests.support.browsers import Later
from tests.support.nodes import do


@pytest.fixture(autouse=True)
def a_small_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "CROWD", 3)


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as begun:
        await begun.rule("open")
        yield begun


async def crowd(talk: Talk, many: int = 3) -> list[str]:
    """The states of first replies by so many strangers."""
    notes = [await talk.replied(talk.person(f"bot{number}")) for number in range(many)]
    return [await talk.state(note) for note in notes]


async def test_what_a_crowd_of_strangers_says_waits_and_so_do_its_first_words(talk: Talk):
    assert await crowd(talk, 2) == ["shown", "shown"]
    await talk.replied(talk.person("bot2"))
    assert await do(talk.wien, "conversation.list", state="shown") == []
    assert len(await do(talk.wien, "conversation.list", state="held")) == 3
    (wave,) = await do(talk.wien, "wave.list")
    assert (wave["over"], wave["strangers"]) == (False, 3)


async def test_a_member_of_the_crowd_waits_with_her_second_word_too(talk: Talk):
    await crowd(talk)
    again = await talk.replied(talk.person("bot0"))
    assert await talk.state(again) == "held"


async def test_whom_we_know_trust_or_follow_passes(talk: Talk):
    known, trusted, followed = (talk.person(name) for name in ("omar", "tina", "fritz"))
    await talk.approve(await talk.replied(known))
    await do(talk.wien, "block.add", target=trusted, level="trust")
    await do(talk.wien, "network.follow", actor=followed)
    await crowd(talk)
    for actor in (known, trusted, followed):
        assert await talk.state(await talk.replied(actor)) == "shown"


async def test_who_wrote_long_ago_is_no_stranger(talk: Talk):
    old = talk.person("omar")
    await talk.replied(old)
    talk.wien.clock = Later(timedelta(days=3))
    await talk.wien.act(waves.forget_strangers)
    await crowd(talk)
    assert await talk.state(await talk.replied(old)) == "shown"


async def test_strangers_over_a_day_are_no_wave(talk: Talk):
    states = []
    for hours in range(4):
        talk.wien.clock = Later(timedelta(hours=hours))
        states.append(await talk.state(await talk.replied(talk.person(f"p{hours}"))))
    assert states == ["shown"] * 4
    assert await do(talk.wien, "wave.list") == []


async def test_a_few_actors_of_many_fresh_servers_are_a_wave_too(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waves, "CROWD", 100)
    monkeypatch.setattr(waves, "CROWD_OF_HOSTS", 2)

    async def comes(number: int) -> bool:
        host = f"s{number}.test"

        async def work(context: Context) -> bool:
            return await waves.met(context, f"https://{host}/a", host, fresh_host=number != 1)

        return await talk.wien.act(work)

    found = [await comes(number) for number in range(4)]
    assert found == [False, False, True, True]


async def test_it_ends_by_itself_an_hour_after_the_last_crowd(talk: Talk):
    await crowd(talk)
    talk.wien.clock = Later(timedelta(minutes=50))
    assert await talk.state(await talk.replied(talk.person("late"))) == "held"
    talk.wien.clock = Later(timedelta(minutes=61))
    assert await talk.state(await talk.replied(talk.person("later"))) == "shown"
    (wave,) = await do(talk.wien, "wave.list")
    assert wave["over"] is True


async def test_while_crowds_keep_coming_it_goes_on(talk: Talk):
    await crowd(talk)
    talk.wien.clock = Later(timedelta(minutes=50))
    await crowd(talk, 7)
    talk.wien.clock = Later(timedelta(minutes=100))
    assert await talk.state(await talk.replied(talk.person("late"))) == "held"


async def test_the_team_ends_it_and_the_same_crowd_is_no_wave_again(talk: Talk):
    await crowd(talk)
    await do(talk.wien, "wave.end")
    assert await talk.state(await talk.replied(talk.person("fine"))) == "shown"
    with pytest.raises(NotFound):
        await do(talk.wien, "wave.end")


async def test_what_is_remembered_of_strangers_is_forgotten(talk: Talk):
    await crowd(talk, 2)
    talk.wien.clock = Later(timedelta(days=2))
    await talk.wien.act(waves.forget_strangers)
    assert await talk.count("stranger") == 0
    await crowd(talk, 5)
    talk.wien.clock = Later(timedelta(days=40))
    await talk.wien.act(waves.forget_strangers)
    assert (await talk.count("stranger"), await talk.count("wave")) == (0, 0)


async def test_the_desk_says_so_folds_their_messages_and_can_end_it(team: Team):
    await crowd(team.talk)
    await team.talk.replied(team.talk.person("bot9"), "<p>Kaufen!</p>", to=[team.talk.us], cc=[])
    page = (await team.mona.get(f"{CASES}?lang=en")).text
    assert "Many strangers are writing at once." in page
    wave = await team.node.look(lambda tx: waves.current(tx, team.node.clock.now()))
    # on the clock of the town, as everything else on the page
    there = wave.ends.astimezone(ZoneInfo("Europe/Vienna"))
    assert f"by itself at {there:%H:%M}, if" in page
    amal = await team.ambassador()
    messages = (await amal.get("/desk/conversations?kind=message&lang=en")).text
    folded = messages.partition("<details><summary>One of many strangers")[2]
    assert "Kaufen!" in folded.partition("</details>")[0]
    assert (await team.mona.post(f"{CASES}/end-wave")).status == 303
    assert "Many strangers" not in (await team.mona.get(f"{CASES}?lang=en")).text
