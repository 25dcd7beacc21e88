"""InstitutionAccount.isValidSignature: enough officers, each once, for this account and no other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import combinations

import pytest
from eth_abi.abi import encode
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.statement import Statement
from tests.contracts.institution_account.conftest import Office, create, software
from tests.support.anvil_chain import Refused
from tests.support.keys import EIP712_DOMAIN, AccountKey, Key, together
from tests.support.world import World, digest_of

ACT = digest_of("act")
STRANGER = software("a stranger")


@pytest.fixture(scope="module")
def sister(world: World, office: Office) -> Office:
    """Another institution's account with the very same officers."""
    return create(world, office.officers, salt=digest_of("sister"))


@pytest.fixture
def statement(world: World) -> Statement:
    return acts.suspend(world.bank, 0, digest_of("reason"), world.platform, world.deadline)


def bound(key: AccountKey, digest: bytes) -> bytes:
    """What an officer signs: OpenZeppelin's PersonalSign in the domain of the account."""
    struct = keccak(encode(("bytes32", "bytes32"), (keccak(text="PersonalSign(bytes prefixed)"), digest)))
    return keccak(b"\x19\x01" + key.domain + struct)


def typed(world: World, office: Office, statement: Statement, officers: Sequence[Key]) -> bytes:
    """A signature over TypedDataSign around the statement, as wallets make it (ERC-7739)."""
    document = world.statements.typed_data(statement)
    signable, name = encode_typed_data(full_message=document), document["primaryType"]
    fields = ",".join(f"{field['type']} {field['name']}" for field in document["types"][name])
    contents = f"{name}({fields})"
    around = (
        f"TypedDataSign({name} contents,string name,string version,uint256 chainId,"
        f"address verifyingContract,bytes32 salt){contents}"
    )
    struct = encode(
        ("bytes32", "bytes32", "bytes32", "bytes32", "uint256", "address", "bytes32"),
        (
            keccak(text=around),
            signable.body,
            keccak(text="Huizhen"),
            keccak(text="1"),
            world.statements.chain_id,
            office.address,
            bytes(32),
        ),
    )
    digest = keccak(b"\x19\x01" + signable.header + keccak(struct))
    description = contents.encode()
    tail = signable.header + signable.body + description + len(description).to_bytes(2, "big")
    return together(officers, digest) + tail


def test_is_valid_signature__of_any_two_or_more__is_accepted(office: Office) -> None:
    for count in (2, 3):
        for officers in combinations(office.officers, count):
            assert office.is_valid(ACT, office.key(*officers).sign(ACT))


def test_is_valid_signature__of_officers_in_any_order__is_accepted(office: Office) -> None:
    digest = bound(office.key(), ACT)
    for first, second in ((0, 1), (1, 0)):
        officers = office.officers[first], office.officers[second]
        value = encode(
            ("bytes[]", "bytes[]"), ([o.signer for o in officers], [o.sign(digest) for o in officers])
        )
        assert office.is_valid(ACT, value)


def test_is_valid_signature__of_p256_keys_passkeys_and_sm2__is_accepted(mixed: Office) -> None:
    for officers in combinations(mixed.officers, 3):
        assert mixed.is_valid(ACT, mixed.key(*officers).sign(ACT))
    for too_few in combinations(mixed.officers, 2):
        assert not mixed.is_valid(ACT, mixed.key(*too_few).sign(ACT))


def test_is_valid_signature__of_a_wallet_that_shows_the_statement__is_accepted(
    world: World, office: Office, statement: Statement
) -> None:
    value = typed(world, office, statement, office.officers[:2])
    digest = world.statements.digest(statement)
    assert office.is_valid(digest, value)
    assert not office.is_valid(ACT, value)
    assert not office.is_valid(digest, typed(world, office, statement, office.officers[:1]))


def test_is_valid_signature__of_one_officer_or_nobody__is_not(office: Office) -> None:
    for officers in (office.officers[:1], ()):
        assert not office.is_valid(ACT, together(officers, bound(office.key(), ACT)))


@pytest.mark.parametrize("places", [(0, 0), (0, 0, 0), (0, 1, 0), (1, 0, 1)])
def test_is_valid_signature__of_one_officer_counted_twice__is_not(
    office: Office, places: tuple[int, ...]
) -> None:
    digest = bound(office.key(), ACT)
    officers = [office.officers[place] for place in places]
    value = encode(("bytes[]", "bytes[]"), ([o.signer for o in officers], [o.sign(digest) for o in officers]))
    assert not office.is_valid(ACT, value)


def test_is_valid_signature__of_a_stranger_among_them__is_not(office: Office) -> None:
    first, second, _ = office.officers
    for officers in ((first, STRANGER), (first, second, STRANGER)):
        assert not office.is_valid(ACT, office.key(*officers).sign(ACT))


def test_is_valid_signature__of_one_officer_in_anothers_name__is_not(office: Office) -> None:
    first, second, _ = sorted(office.officers, key=lambda officer: keccak(officer.signer))
    digest = bound(office.key(), ACT)
    value = encode(
        ("bytes[]", "bytes[]"), ([first.signer, second.signer], [first.sign(digest), first.sign(digest)])
    )
    assert not office.is_valid(ACT, value)


def test_is_valid_signature__for_another_digest__is_not(office: Office) -> None:
    assert not office.is_valid(digest_of("another act"), office.key().sign(ACT))


def test_is_valid_signature__not_bound_to_the_account__is_not(office: Office) -> None:
    """Officers' plain signatures of a digest speak for themselves, not for the institution."""
    assert not office.is_valid(ACT, together(office.officers[:2], ACT))


def test_is_valid_signature__for_another_account_of_the_same_officers__is_not(
    world: World, office: Office, sister: Office, statement: Statement
) -> None:
    assert sister.is_valid(ACT, sister.key().sign(ACT))
    assert not sister.is_valid(ACT, office.key().sign(ACT))
    digest, value = world.statements.digest(statement), typed(world, office, statement, office.officers)
    assert office.is_valid(digest, value)
    assert not sister.is_valid(digest, value)


def test_is_valid_signature__on_another_chain__is_not(office: Office) -> None:
    key = office.key()
    elsewhere = AccountKey(key.account, key.chain_id + 1, key.officers)
    assert not office.is_valid(ACT, elsewhere.sign(ACT))


def test_is_valid_signature__of_a_change_of_officers__is_not(office: Office) -> None:
    """What changes officers is signed in the same domain, and is no signature of the institution."""
    change = office.change(added=[STRANGER])
    digest = office.digest(change)
    assert not office.is_valid(digest, together(office.officers, digest))


def test_is_valid_signature__of_an_officer_who_was_removed__is_not_from_then_on(office: Office) -> None:
    first, second, third = office.officers
    value = office.key(first, second).sign(ACT)
    office.act(office.change(removed=[first]))
    assert not office.is_valid(ACT, value)
    assert office.is_valid(ACT, office.key(second, third).sign(ACT))


def test_is_valid_signature__after_the_threshold_rose__needs_more(office: Office) -> None:
    value = office.key().sign(ACT)
    office.act(office.change(threshold=3))
    assert not office.is_valid(ACT, value)
    assert office.is_valid(ACT, office.key(*office.officers).sign(ACT))


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 96, 128, 256, 448])
def test_is_valid_signature__cut_short__is_not(office: Office, length: int) -> None:
    value = office.key().sign(ACT)
    assert length < len(value)
    # A list that ends early reverts, which counts as no.
    with suppress(Refused):
        assert not office.is_valid(ACT, value[:length])


def test_is_valid_signature__with_lists_of_two_lengths__is_not(office: Office) -> None:
    first, second, _ = sorted(office.officers, key=lambda officer: keccak(officer.signer))
    digest = bound(office.key(), ACT)
    signers, signatures = [first.signer, second.signer], [first.sign(digest), second.sign(digest)]
    assert office.is_valid(ACT, encode(("bytes[]", "bytes[]"), (signers, signatures)))
    for uneven in ((signers, signatures[:1]), (signers[:1], signatures), (signers, [])):
        assert not office.is_valid(ACT, encode(("bytes[]", "bytes[]"), uneven))


def test_account__domain__is_its_own(world: World, office: Office) -> None:
    """EIP-5267, as wallets read it."""
    _, name, version, chain_id, account, *_ = world.chain.read(
        "InstitutionAccount", office.address, "eip712Domain"
    )
    assert (name, version, chain_id) == ("Huizhen", "1", world.statements.chain_id)
    assert account.lower() == office.address.lower()
    assert keccak(
        text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    ) == (EIP712_DOMAIN)
