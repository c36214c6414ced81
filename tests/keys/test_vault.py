"""A sealed secret opens in its own place only."""

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


@pytest.mark.parametrize("length", [0, 1, 12, 28])
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
