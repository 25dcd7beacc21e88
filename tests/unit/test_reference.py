from __future__ import annotations

from pathlib import Path

import pytest

from huizhen import reference

FOLDER = Path(reference.__file__).parent


def test_every_file__says_where_its_facts_come_from() -> None:
    names = [path.stem for path in FOLDER.glob("*.json")]
    assert len(names) >= 7
    for name in names:
        assert reference.document(name)["source"]
        assert reference.document(name)["verify"]


def test_cities__belong_to_a_known_province() -> None:
    provinces = {province.code for province in reference.provinces()}
    assert len(provinces) == 31
    assert len(reference.city_by_code()) == len(reference.cities()) >= 60
    for city in reference.cities():
        assert city.code % 100 == 0
        assert city.province in provinces
    assert reference.city_by_code()[110100].zh == "北京"


def test_specialties__fit_a_mask_of_160_bits() -> None:
    listed = reference.specialties()
    assert [specialty.bit for specialty in listed] == list(range(len(listed)))
    assert len(listed) <= 160
    assert [specialty.code for specialty in listed] == sorted(specialty.code for specialty in listed)
    for specialty in listed:
        assert specialty.parent is None or specialty.parent in reference.specialty_by_code()


def test_specialties__bits_never_move() -> None:
    """Masks on a chain outlive any file: were a bit to move, old licences would change their meaning."""
    bits = {"01": 0, "03.01": 3, "04.02": 15, "31": 122, "52": 158}
    assert {code: reference.specialty_by_code()[code].bit for code in bits} == bits


def test_mask__reads_back_as_its_specialties() -> None:
    mask = reference.mask_of(["31", "04.02"])
    assert [specialty.zh for specialty in reference.specialties_in(mask)] == ["神经外科专业", "病理科"]
    with pytest.raises(KeyError):
        reference.mask_of(["99.99"])


def test_titles__rank_and_fees_rise_together() -> None:
    listed = reference.titles()
    assert [title.rank for title in listed] == [1, 2, 3, 4]
    for title in listed:
        assert title.fee_low_fen < title.fee_typical_fen < title.fee_high_fen
    assert [title.fee_typical_fen for title in listed] == sorted(title.fee_typical_fen for title in listed)


def test_names__are_many_and_groups_know_their_specialties() -> None:
    assert len(reference.surnames()) * len(reference.given_names()) > 5_000
    assert (
        len(reference.cities()) * len(reference.hospital_words()) * len(reference.hospital_kinds()) > 10_000
    )
    assert reference.group_words()
    for kind in reference.group_kinds():
        assert reference.mask_of(kind.specialties)
    assert len({bank.code for bank in reference.banks()}) == len(reference.banks())
