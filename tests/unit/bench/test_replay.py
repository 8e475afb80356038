"""What is asked again differs in what must not come twice, and in nothing else."""

from __future__ import annotations

from uuid import UUID

from support.replay import Recording, _renewed

OLD, NEW, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


def test_ids_and_words_are_fresh_wherever_they_stand() -> None:
    values = {"id": OLD, "owner": OTHER, "data": f'{{"instance":"{OLD}"}}', "name": "base", "size": 3}
    assert _renewed(values, {OLD: NEW}, {str(OLD): str(NEW), "base": "autre"}) == {
        "id": NEW,
        "owner": OTHER,
        "data": f'{{"instance":"{NEW}"}}',
        "name": "autre",
        "size": 3,
    }


def test_a_statement_without_values_stays_one() -> None:
    assert _renewed(None, {}, {}) is None


def test_savepoints_are_no_statements_of_an_order() -> None:
    inside = [("SAVEPOINT a", None), ("insert into t values (%s)", [1]), ("RELEASE SAVEPOINT a", None)]
    assert Recording(outside=[("select 1", None)], inside=inside).statements == 2
