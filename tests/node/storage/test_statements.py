"""SQL text for two engines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.storage.errors import StatementRefused
from node.storage.statements import allowed, for_postgresql, numbered, split


@pytest.mark.parametrize(
    ("sql", "text", "names"),
    [
        ("select :a, :b, :a", "select $1, $2, $1", ("a", "b")),
        ("select :a::text", "select $1::text", ("a",)),
        ("select x::text, ':a' || :b", "select x::text, ':a' || $1", ("b",)),
        ("select 'it''s :a' , :b", "select 'it''s :a' , $1", ("b",)),
        ('select ":a" , :b', 'select ":a" , $1', ("b",)),
        ("select 1 -- :a\n, :b", "select 1 -- :a\n, $1", ("b",)),
        ("select /* :a\n '*/ :b", "select /* :a\n '*/ $1", ("b",)),
        ("where at<:now and n>:n_1", "where at<$1 and n>$2", ("now", "n_1")),
        ("select 1", "select 1", ()),
    ],
)
def test_names_become_numbers_save_in_strings_comments_and_casts(sql, text, names):
    assert numbered(sql) == (text, names)


@given(st.text("':\"-/*a\n ;", max_size=30))
def test_a_string_literal_is_never_touched(content):
    literal = "'" + content.replace("'", "''") + "'"
    assert numbered(f"select {literal}, :b") == (f"select {literal}, $1", ("b",))


@given(st.lists(st.text("':-/*a\n ;", max_size=12), max_size=5))
def test_a_semicolon_in_a_string_does_not_split_a_script(contents):
    statements = ["select '" + text.replace("'", "''") + "'" for text in contents]
    assert list(split(";\n".join(statements))) == statements


def test_comments_alone_are_no_statement():
    assert list(split("-- a; b\n;\n/* c; */ ; ")) == []


def test_a_tables_types_become_those_of_postgresql():
    sql = "create table t (a integer not null, b blob default 'integer', c text) strict -- ) strict"
    assert (
        for_postgresql(sql)
        == "create table t (a bigint not null, b bytea default 'integer', c text)"
    )


@pytest.mark.parametrize(
    "sql", ["select 1", "INSERT into t", "-- begin\nselect 1", "with a as (b)"]
)
def test_ordinary_statements_pass(sql):
    assert allowed(sql) == sql


@pytest.mark.parametrize("sql", ["BEGIN", " -- x\ncommit", "/**/end", "Detach x", "set x = 1"])
def test_transaction_control_is_refused(sql):
    with pytest.raises(StatementRefused):
        allowed(sql)


def test_two_statements_in_one_are_refused():
    with pytest.raises(StatementRefused, match="one statement"):
        allowed("insert into t values (';'); delete from t")
    assert allowed("select ';'; -- done;") == "select ';'; -- done;"


def test_a_sequence_of_sqlite_becomes_an_identity_of_postgresql():
    sql = "create table t (sequence integer primary key autoincrement, a integer) strict"
    assert (
        for_postgresql(sql)
        == "create table t (sequence bigint generated always as identity primary key, a bigint)"
    )
