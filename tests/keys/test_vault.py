"""A sealed secret opens in its own place only, and moves to a new master without being lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import VaultRefused
from keys.vault import Vault, make_master

ROW, PURPOSE = "actor_key:1", "private key"


@pytest.fixture(scope="module")
def vault() -> Vault:
    return Vault(make_master())


@given(plain=st.binary(), row=st.text(), purpose=st.sampled_from(["a", "b"]))
def test_what_was_sealed_opens(vault: Vault, plain: bytes, row: str, purpose: str) -> None:
    sealed = vault.seal(plain, row=row, purpose=purpose)
    assert vault.open(sealed, row=row, purpose=purpose) == plain


def test_a_sealed_value_shows_nothing_and_never_repeats(vault: Vault) -> None:
    first, second = (vault.seal(b"needle" * 9, row=ROW, purpose=PURPOSE) for _ in range(2))
    assert first != second
    assert b"needle" not in first


@pytest.mark.parametrize(
    ("row", "purpose"),
    [("actor_key:2", PURPOSE), (ROW, "e-mail"), (ROW + "|private", "key"), ("", "")],
)
def test_another_row_or_purpose_does_not_open_it(vault: Vault, row: str, purpose: str) -> None:
    sealed = vault.seal(b"x", row=ROW, purpose=PURPOSE)
    with pytest.raises(VaultRefused):
        vault.open(sealed, row=row, purpose=purpose)


def test_every_changed_byte_is_noticed(vault: Vault) -> None:
    sealed = vault.seal(b"secret", row=ROW, purpose=PURPOSE)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(VaultRefused):
            vault.open(changed, row=ROW, purpose=PURPOSE)


@pytest.mark.parametrize("length", [0, 1, 12, 28, 36])
def test_a_cut_value_is_refused(vault: Vault, length: int) -> None:
    sealed = vault.seal(b"secret", row=ROW, purpose=PURPOSE)
    with pytest.raises(VaultRefused):
        vault.open(sealed[:length], row=ROW, purpose=PURPOSE)


def test_another_master_key_does_not_open_it(vault: Vault) -> None:
    sealed = vault.seal(b"secret", row=ROW, purpose=PURPOSE)
    with pytest.raises(VaultRefused, match="another master key"):
        Vault(make_master()).open(sealed, row=ROW, purpose=PURPOSE)


@pytest.mark.parametrize("master", [b"", b"short", bytes(31), bytes(33)])
def test_a_master_key_of_another_length_is_refused(master: bytes) -> None:
    with pytest.raises(VaultRefused, match="32 bytes"):
        Vault(master)


def test_the_vault_does_not_show_its_master() -> None:
    master = make_master()
    assert len(master) == 32
    assert master.hex() not in repr(Vault(master))
    assert repr(master) not in repr(Vault(master))


# Sealed by the first version of the vault: master 32 times `m`, this row and purpose, `secret`.
OLD_MASTER = b"m" * 32
SEALED_1 = bytes.fromhex("01d608cd5aeb4e772d89ba22bfa5691cfa9c590baf9c7de0495ccfa1d416c7c069bdf9")


def test_what_the_first_version_sealed_still_opens() -> None:
    for vault in (Vault(OLD_MASTER), Vault(make_master(), make_master(), OLD_MASTER)):
        assert vault.open(SEALED_1, row=ROW, purpose=PURPOSE) == b"secret"
        assert vault.needs_resealing(SEALED_1)
    with pytest.raises(VaultRefused, match="another master key"):
        Vault(make_master()).open(SEALED_1, row=ROW, purpose=PURPOSE)


def test_a_value_of_one_version_does_not_open_as_the_other() -> None:
    vault = Vault(OLD_MASTER)
    sealed = vault.seal(b"secret", row=ROW, purpose=PURPOSE)
    for forged in (b"\1" + sealed[9:], sealed[:9] + SEALED_1[1:], b"\3" + sealed[1:]):
        with pytest.raises(VaultRefused):
            vault.open(forged, row=ROW, purpose=PURPOSE)


def test_a_new_master_takes_over_and_the_old_one_goes() -> None:
    old, new = make_master(), make_master()
    sealed = {f"row:{n}": Vault(old).seal(b"%d" % n, row=f"row:{n}", purpose="p") for n in range(9)}
    both = Vault(new, old)
    assert all(both.needs_resealing(value) for value in sealed.values())
    moved = {row: both.reseal(value, row=row, purpose="p") for row, value in sealed.items()}
    alone = Vault(new)
    for n, (row, value) in enumerate(moved.items()):
        assert not alone.needs_resealing(value)
        assert alone.open(value, row=row, purpose="p") == b"%d" % n
        with pytest.raises(VaultRefused, match="another master key"):
            Vault(old).open(value, row=row, purpose="p")


def test_resealing_twice_changes_nothing_more() -> None:
    vault = Vault(make_master(), OLD_MASTER)
    once = vault.reseal(SEALED_1, row=ROW, purpose=PURPOSE)
    assert vault.reseal(once, row=ROW, purpose=PURPOSE) == once != SEALED_1


def test_resealing_what_does_not_open_is_refused() -> None:
    vault = Vault(make_master(), OLD_MASTER)
    for sealed in (SEALED_1[:-1], b"", vault.seal(b"x", row="another", purpose=PURPOSE)):
        with pytest.raises(VaultRefused):
            vault.reseal(sealed, row=ROW, purpose=PURPOSE)


def test_an_older_master_of_another_length_is_refused() -> None:
    with pytest.raises(VaultRefused, match="32 bytes"):
        Vault(make_master(), b"short")
