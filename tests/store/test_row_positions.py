"""Tests of the positions of rows by code in the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.report import Rows
from desktopapp.store.row_positions import GAP, SavedRows, place, plan_rows


def rows_of(order: list[str], names: dict[str, str] | None = None) -> Rows:
    rows = Rows()
    for row in order:
        rows.insert(row, (names or {}).get(row, row), len(rows))
    return rows


def saved_of(order: list[str]) -> SavedRows:
    return plan_rows(SavedRows(), rows_of(order)).after


def rising(order: list[str], positions: dict[str, int]) -> bool:
    found = [positions[row] for row in order]
    return found == sorted(set(found)) and set(positions) == set(order)


def test_inserting_into_a_long_form_writes_one_row() -> None:
    order = [str(n) for n in range(10_000)]
    saved = saved_of(order)
    order.insert(5_000, "new")
    plan = plan_rows(saved, rows_of(order))
    assert (plan.removed, plan.written) == ((), ("new",))
    assert rising(order, plan.after.positions)


def test_removing_and_renaming_write_only_that_row() -> None:
    saved = saved_of(["a", "b", "c"])
    plan = plan_rows(saved, rows_of(["a", "c"]))
    assert (plan.removed, plan.written) == (("b",), ())
    plan = plan_rows(saved, rows_of(["a", "b", "c"], {"b": "other"}))
    assert (plan.removed, plan.written) == ((), ("b",))


def test_moving_a_row_writes_only_that_row() -> None:
    saved = saved_of(["a", "b", "c", "d"])
    assert plan_rows(saved, rows_of(["d", "a", "b", "c"])).written == ("d",)
    assert plan_rows(saved, rows_of(["b", "c", "d", "a"])).written == ("a",)


def test_a_full_gap_renumbers_the_form_and_no_sooner() -> None:
    order, positions, renumbered = ["first", "last"], place(["first", "last"], {}), 0
    for n in range(100):
        order.insert(1, f"{n}")
        fresh = place(order, positions)
        assert rising(order, fresh)
        renumbered += any(fresh[row] != positions[row] for row in positions)
        positions = fresh
    assert 1 <= renumbered <= 3


def test_appending_for_ever_never_leaves_the_range_of_the_file() -> None:
    positions = place(["a", "b"], {"a": (1 << 62) - GAP, "b": (1 << 62) - 1})
    fresh = place(["a", "b", "c"], positions)
    assert rising(["a", "b", "c"], fresh)
    assert max(map(abs, fresh.values())) < 1 << 62


@given(
    st.lists(st.integers(0, 20), unique=True).map(lambda ns: [str(n) for n in ns]),
    st.dictionaries(
        st.integers(0, 20).map(str), st.integers(-5, 40) | st.integers(-(1 << 63), (1 << 63) - 1), max_size=20
    ),
)
def test_any_order_gets_rising_positions(order: list[str], known: dict[str, int]) -> None:
    """Whatever a file states, doubled and extreme positions included."""
    fresh = place(order, known)
    assert rising(order, fresh)
    assert all(-(1 << 63) <= p < 1 << 63 for p in fresh.values())


orders = st.lists(st.integers(0, 9), unique=True).map(lambda ns: [str(n) for n in ns])


@given(orders, orders, st.lists(st.integers(-3, 12), min_size=10, max_size=10))
def test_written_and_removed_lead_from_one_order_to_the_other(
    before: list[str], order: list[str], odd: list[int]
) -> None:
    """Also from a file whose positions stand close or are doubled."""
    for positions in (saved_of(before).positions, dict(zip(before, odd, strict=False))):
        read = sorted(before, key=lambda r: (positions[r], r))
        check_plan(SavedRows(read, {r: r for r in read}, positions), order)


def check_plan(saved: SavedRows, order: list[str]) -> None:
    plan = plan_rows(saved, rows_of(order))
    if order == saved.order:
        assert (plan.removed, plan.written) == ((), ())
        return
    file = {r: p for r, p in saved.positions.items() if r not in plan.removed}
    file |= {r: plan.after.positions[r] for r in plan.written}
    assert sorted(file, key=lambda r: (file[r], r)) == order
    assert file == plan.after.positions
    assert len(set(plan.written)) == len(plan.written)
