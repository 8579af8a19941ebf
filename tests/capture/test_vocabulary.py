"""Whom and what a name means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.capture.people import People, Person
from app.capture.vocabulary import Role, Service, Vocabulary
from tests.capture.crowd import crowd

JOSE = Person(id="u-17", name="José Straße", handles=("jo",))


@pytest.mark.parametrize("typed", ["jo", "JO", "jose.strasse", "José.Straße", "u-17", "jose"])
def test_a_person_is_found_by_handle_full_name_id_and_first_name(typed):
    assert People([JOSE]).addressed(typed) is JOSE


def test_a_handle_belongs_to_whoever_came_first():
    late = Person(id="2", name="Late Comer", handles=("jo",))

    people = People([JOSE, late])

    assert people.addressed("jo") is JOSE
    assert people.nearest("late", 1) == [(late, "late")]


def test_new_presence_changes_the_order_and_keeps_the_names():
    before = Vocabulary.of(people=crowd(200))
    someone = before.people.nearest("zo", 5)[-1][0]
    moved = [
        replace(person, is_on_bridge=person is someone, recently_used=None)
        for person in crowd(200)
        if person.id != someone.id
    ]
    moved.insert(int(someone.id.removeprefix("person-")), replace(someone, is_on_bridge=True))

    after = Vocabulary.of(people=moved, known=before)

    assert after.people.nearest("", 1)[0][0].id == someone.id
    fresh = Vocabulary.of(people=moved)
    for typed in ("", "m", "zo", "ka"):
        assert after.people.nearest(typed, 9) == fresh.people.nearest(typed, 9)


def test_new_names_are_found_although_the_old_vocabulary_is_known():
    before = Vocabulary.of(people=[JOSE])

    after = Vocabulary.of(people=[replace(JOSE, handles=("josé",))], known=before)

    assert after.people.addressed("jo") is None
    assert after.people.nearest("", 1)[0][1] == "josé"


def test_a_role_is_found_by_handle_code_and_title():
    role = Role(handle="ops", code="operations_lead", title="Operations lead")
    vocabulary = Vocabulary.of(roles=[role])

    for name in ("ops", "operations_lead", "operations-lead", "Operations Lead"):
        assert vocabulary.roles.addressed(name) is role
    assert vocabulary.roles.addressed("op") is None


def test_a_service_is_found_by_name_before_id():
    one, other = Service(id="cart", name="Basket"), Service(id="2", name="cart")
    vocabulary = Vocabulary.of(services=[one, other])

    assert vocabulary.services.called("CART") is other
    assert vocabulary.services.called("basket") is one
