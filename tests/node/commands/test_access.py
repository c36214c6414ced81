"""Tests of `josoor setup-link` and `josoor token`: each way in is shown once and ends."""

from __future__ import annotations

import re

from tests.support.shells import Shell


def test_the_setup_link_makes_the_first_ambassador_once(bare: Shell):
    bare.serve()
    link = bare.setup_link()
    form = {"name": "Josoor Graz", "description": "Wir.", "city": "Graz", "language": "de"}
    person = {"name": "amal", "password": "siebzehn kleine Brücken"}

    assert bare.get(link)[0] == 200
    assert bare.get(link)[0] == 200, "looking does not use it up"
    assert bare.get(link, form)[0] == 200
    assert bare.get(f"{link}/legal", {})[0] == 200
    assert "Our community" in bare.json("status")["community"].values(), "not before the end"
    status, text = bare.get(f"{link}/you", person)

    assert (status, len(re.findall(r"<code>[0-9a-z-]{19}</code>", text))) == (200, 10)
    assert bare.get(link)[0] == 404
    assert bare.get(link, form)[0] == 404
    assert [(one["name"], one["role"]) for one in bare.json("user", "list")] == [
        ("amal", "ambassador")
    ]
    assert bare.json("status")["community"] == {"de": "Josoor Graz"}


def test_a_setup_form_that_is_refused_leaves_the_link_and_the_node_as_they_were(bare: Shell):
    bare.serve()
    link = bare.setup_link()

    for form in ({"name": ""}, {"name": "a" * 101}, {}):
        assert bare.get(link, form)[0] == 422
    assert bare.json("user", "list") == []
    assert "Our community" in bare.json("status")["community"].values()
    assert bare.get(link, {"name": "A"})[0] == 200


def test_a_link_that_nobody_made_is_not_found(bare: Shell):
    bare.serve()

    assert bare.get("/setup/nothing")[0] == 404
    assert bare.get("/setup/nothing", {"person": "amal"})[0] == 404


def test_a_new_setup_link_ends_the_one_before(shell: Shell):
    first, second = shell.json("setup-link")["url"], shell.json("setup-link")["url"]
    if not shell.server:
        shell.serve()
        second = shell.setup_link()

    assert shell.get(first)[0] == 404
    assert shell.get(second)[0] == 200


def test_a_token_for_people_is_the_token_and_nothing_else(shell: Shell):
    shell.run("user", "create", "amal", "--role", "ambassador")
    ran = shell.run("token", "create", "--user", "amal", "--scope", "read")

    assert re.fullmatch(r"josoor_[\w-]{43}\n", ran.out)
