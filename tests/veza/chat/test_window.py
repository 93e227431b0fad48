"""The end of a conversation in memory: whatever way news comes, a returning client gets what it missed, once."""

from collections.abc import Iterable
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from veza.chat import window as module
from veza.chat.domain import FIRST_MESSAGES, RESUME_MESSAGES, RESUME_MESSAGES_MAX, RESUME_S
from veza.chat.window import DELETIONS_MAX, EARLY_MAX, WINDOW_BYTES_MAX, Entry, Window

EPOCH, OTHER_EPOCH = UUID(int=1), UUID(int=2)


def id_of(seq: int) -> UUID:
    return uuid5(EPOCH, str(seq))


def data_of(seq: int) -> bytes:
    return b'"%d"' % seq


def entry(seq: int, at_s: float = 0.0, data: bytes | None = None) -> Entry:
    return Entry(seq, id_of(seq), data_of(seq) if data is None else data, at_s)


def filled(last: int, first: int = 1, at_s: float = 0.0) -> Window:
    return Window(EPOCH, last, [entry(seq, at_s) for seq in range(first, last + 1)])


def seqs(entries: Iterable[Entry]) -> list[int]:
    return [found.seq for found in entries]


def shown(first: int, last: int) -> list[bytes]:
    return [data_of(seq) for seq in range(first, last + 1)]


# --- news ------------------------------------------------------------------------------------------------------


def test_an_empty_window_of_a_room_that_has_a_past() -> None:
    window = Window(EPOCH, 7)
    assert (window.head, window.first_seq, window.is_missing) == (7, 8, False)
    assert window.after(7) == []
    assert window.after(6) is None
    assert window.piece(6, 100) is None
    assert seqs(window.accept(entry(8))) == [8]


def test_what_is_next_comes_out_and_what_is_known_does_not() -> None:
    window = filled(2)
    assert seqs(window.accept(entry(3))) == [3]
    for known in (1, 2, 3):
        assert window.accept(entry(known)) == []
    assert window.after(0) == shown(1, 3)


def test_what_comes_early_waits_for_what_is_before_it() -> None:
    window = Window(EPOCH, 0)
    assert window.accept(entry(3)) == []
    assert window.accept(entry(2)) == []
    assert window.accept(entry(5)) == []
    assert window.is_missing
    assert window.after(0) == []
    assert seqs(window.accept(entry(1))) == [1, 2, 3]
    assert window.is_missing
    assert seqs(window.accept(entry(4))) == [4, 5]
    assert not window.is_missing


def test_what_waits_is_bounded_and_what_was_refused_may_come_again() -> None:
    window = Window(EPOCH, 0)
    for seq in range(2, EARLY_MAX + 3):
        window.accept(entry(seq))
    assert len(window.accept(entry(1))) == EARLY_MAX + 1
    assert not window.is_missing
    assert seqs(window.accept(entry(EARLY_MAX + 2))) == [EARLY_MAX + 2]


# --- deletions -------------------------------------------------------------------------------------------------


def test_a_deleted_message_keeps_its_place_without_its_words() -> None:
    window = filled(3)
    assert window.delete(id_of(2), 3)
    assert not window.delete(id_of(2), 3)
    assert window.after(0) == [data_of(1), data_of(3)]
    assert window.piece(0, 1_000) == ([data_of(1), data_of(3)], 3)


@pytest.mark.parametrize("early", [True, False])
def test_a_deletion_that_overtakes_its_message_still_takes_the_words(early: bool) -> None:
    window = Window(EPOCH, 0)
    if early:
        window.accept(entry(2))
    assert window.delete(id_of(2), 2)
    found = [*window.accept(entry(1)), *window.accept(entry(2))]
    assert [item.data for item in found] == [data_of(1), None]
    assert window.after(0) == [data_of(1)]


def test_who_was_here_when_it_was_deleted_is_told_and_who_came_later_is_not() -> None:
    window = filled(5)
    window.delete(id_of(2), 4)
    assert window.resume(EPOCH, 3).deleted == [id_of(2)]
    assert window.resume(EPOCH, 4).deleted == [id_of(2)]
    assert window.resume(EPOCH, 5).deleted == []


def test_a_client_that_would_not_hear_of_every_deletion_starts_anew() -> None:
    """Deletions are remembered up to a bound; all may have happened while nothing new was said."""
    window = filled(DELETIONS_MAX + 1)
    head = window.head
    for seq in range(1, DELETIONS_MAX + 1):
        window.delete(id_of(seq), head)
    window.delete(id_of(head), head)
    found = window.resume(EPOCH, head)
    assert found.recovered is False
    window.accept(entry(head + 1))
    assert window.resume(EPOCH, head + 1).recovered


def test_a_late_old_deletion_does_not_hide_that_newer_ones_were_forgotten() -> None:
    window = filled(DELETIONS_MAX + 10)
    window.delete(id_of(1), 900)
    window.delete(id_of(2), 10)  # heard late, after a lost connection
    for seq in range(3, DELETIONS_MAX + 2):
        window.delete(id_of(seq), 1_005)
    assert window.resume(EPOCH, 600).recovered is False


# --- coming back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epoch", "seq"),
    [
        (None, 0), (None, 60), (OTHER_EPOCH, 60), (OTHER_EPOCH, 100), (EPOCH, 49), (EPOCH, 0), (EPOCH, 101),
        (EPOCH, 2**53), (EPOCH, -1),
    ],
)  # fmt: skip
def test_who_cannot_be_helped_starts_from_the_end(epoch: UUID | None, seq: int) -> None:
    found = filled(100, first=51).resume(epoch, seq)
    assert (found.recovered, found.deleted) == (False, [])
    assert found.messages == shown(51, 100)
    assert len(found.messages) == FIRST_MESSAGES


@pytest.mark.parametrize("seq", [50, 51, 99, 100])
def test_who_was_away_for_less_than_the_window_gets_exactly_the_rest(seq: int) -> None:
    found = filled(100, first=51).resume(EPOCH, seq)
    assert (found.recovered, found.messages) == (True, shown(seq + 1, 100))


def test_pieces_end_at_about_their_size_and_join_to_the_whole() -> None:
    window = filled(40)
    window.delete(id_of(7), 40)
    seq = 0
    got: list[bytes] = []
    while (piece := window.piece(seq, 12)) is not None and piece[1] > seq:
        assert 0 < len(b"".join(piece[0])) < 12 + 4
        seq, got = piece[1], got + piece[0]
    assert (seq, got) == (40, window.after(0))
    assert window.piece(40, 12) == ([], 40)


# --- bounds ----------------------------------------------------------------------------------------------------


def test_what_is_older_than_five_minutes_goes_but_three_hundred_stay() -> None:
    window = Window(EPOCH, 0)
    for seq in range(1, 401):
        window.accept(entry(seq, at_s=0.0))
    assert window.first_seq == 1
    window.accept(entry(401, at_s=RESUME_S))
    assert window.first_seq == 1
    window.accept(entry(402, at_s=RESUME_S + 0.1))
    assert (window.first_seq, window.head) == (402 - RESUME_MESSAGES + 1, 402)


def test_a_busy_five_minutes_are_held_up_to_a_number() -> None:
    window = Window(EPOCH, 0)
    for seq in range(1, RESUME_MESSAGES_MAX + 11):
        window.accept(entry(seq))
    assert window.first_seq == 11
    assert window.after(10) == shown(11, RESUME_MESSAGES_MAX + 10)
    assert window.after(9) is None


def test_long_messages_are_held_up_to_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW_BYTES_MAX", 4_000)
    window = Window(EPOCH, 0)
    for seq in range(1, 501):
        window.accept(entry(seq, data=b"x" * 10))
    assert window.first_seq == 101


def test_a_deleted_early_message_does_not_bend_the_count_of_bytes() -> None:
    window = Window(EPOCH, 0)
    window.accept(entry(2, data=b"x" * 1_000))
    window.delete(id_of(2), 2)
    window.accept(entry(1))
    assert window._bytes == len(data_of(1))


def test_what_has_gone_cannot_be_deleted_twice_nor_from_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW_BYTES_MAX", 0)
    window = Window(EPOCH, 0)
    for seq in range(1, RESUME_MESSAGES + 2):
        window.accept(entry(seq, data=b"x" * 10))
    assert window.first_seq == 2
    assert window.delete(id_of(1), window.head)
    assert window._bytes == 10 * RESUME_MESSAGES
    assert window.resume(EPOCH, window.head).deleted == [id_of(1)]


def test_one_room_is_bounded_in_memory() -> None:
    assert WINDOW_BYTES_MAX <= 4 * 1024 * 1024


# --- beginning again -------------------------------------------------------------------------------------------


def test_after_a_restart_only_the_new_end_is_held() -> None:
    window = filled(10)
    window.accept(entry(12))
    window.accept(entry(501))
    window.restart(500, [entry(seq) for seq in range(401, 501)])
    assert (window.first_seq, window.head) == (401, 500)
    assert window.after(399) is None
    assert window.after(400) == shown(401, 500)
    assert window.is_missing
    assert seqs(window.accept(entry(501))) == [501]
    assert not window.is_missing


def test_a_deletion_heard_while_the_new_end_was_read_is_not_undone() -> None:
    window = filled(10)
    window.delete(id_of(450), 500)
    window.restart(500, [entry(seq) for seq in range(401, 501)])
    assert data_of(450) not in (window.after(400) or [])
    assert not window.delete(id_of(450), 500)


# --- against a model -------------------------------------------------------------------------------------------


class WindowMachine(RuleBasedStateMachine):
    """The room's whole history against the window: news in any order, twice or never."""

    @initialize(last=st.integers(0, 40), held=st.integers(0, 40))
    def begin(self, last: int, held: int) -> None:
        self.written = last
        self.heard = {seq for seq in range(1, last + 1) if seq > last - held}
        self.first = last - min(held, last) + 1
        self.head = last
        self.deletions: list[tuple[int, int]] = []
        self.window = Window(EPOCH, last, [entry(seq) for seq in range(self.first, last + 1)])

    def deleted(self) -> set[int]:
        return {seq for _, seq in self.deletions}

    def words(self, first: int, last: int) -> list[bytes]:
        return [data_of(seq) for seq in range(first, last + 1) if seq not in self.deleted()]

    @rule(count=st.integers(1, 6))
    def write(self, count: int) -> None:
        self.written += count

    @rule(back=st.integers(0, 60))
    def hear(self, back: int) -> None:
        """News of one message, in whatever order, perhaps again."""
        seq = self.written - back
        if seq < 1:
            return
        found = self.window.accept(entry(seq))
        if seq > self.head:
            self.heard.add(seq)
        new: list[int] = []
        while self.head + 1 in self.heard and seq <= self.head + 1 and (new or seq == self.head + 1):
            self.head += 1
            new.append(self.head)
            seq = self.head
        assert seqs(found) == new
        assert [item.data for item in found] == [None if at in self.deleted() else data_of(at) for at in new]

    @rule(back=st.integers(0, 60))
    def delete(self, back: int) -> None:
        seq = self.written - back
        if seq < 1:
            return
        assert self.window.delete(id_of(seq), self.written) == (seq not in self.deleted())
        if seq not in self.deleted():
            self.deletions.append((self.written, seq))

    @rule(size=st.integers(0, 30))
    def restart(self, size: int) -> None:
        """The end as the database has it."""
        self.head, self.first = self.written, max(1, self.written - size + 1)
        self.heard = {seq for seq in self.heard if seq > self.head}
        self.window.restart(self.head, [entry(seq) for seq in range(self.first, self.head + 1)])

    @rule(seq=st.integers(-2, 120), same=st.booleans())
    def resume(self, seq: int, same: bool) -> None:
        found = self.window.resume(EPOCH if same else OTHER_EPOCH, seq)
        if same and 0 <= seq <= self.head and seq >= self.first - 1:
            assert (found.recovered, found.messages) == (True, self.words(seq + 1, self.head))
            assert found.deleted == [id_of(gone) for at, gone in self.deletions if at >= seq]
        else:
            start = max(self.first, self.head - FIRST_MESSAGES + 1)
            assert (found.recovered, found.messages) == (False, self.words(start, self.head))

    @rule(seq=st.integers(0, 120), size=st.integers(1, 40))
    def take_pieces(self, seq: int, size: int) -> None:
        start = seq
        got: list[bytes] = []
        while (piece := self.window.piece(seq, size)) is not None and piece[1] > seq:
            seq, got = piece[1], got + piece[0]
        expected = self.window.after(start)
        assert (piece is None) == (expected is None)
        assert got == (expected or [])

    @invariant()
    def holds_what_it_says(self) -> None:
        assert (self.window.first_seq, self.window.head) == (self.first, self.head)
        assert self.window.after(self.first - 1) == self.words(self.first, self.head)
        assert self.window._bytes == len(b"".join(self.words(self.first, self.head)))


def test_whatever_happens_the_window_says_what_the_room_says() -> None:
    run_state_machine_as_test(WindowMachine, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


@given(order=st.permutations(list(range(1, 30))), again=st.lists(st.integers(1, 29)))
def test_any_order_with_any_repeats_gives_one_conversation(order: list[int], again: list[int]) -> None:
    window, said = Window(EPOCH, 0), []
    for seq in [*order, *again]:
        said += seqs(window.accept(entry(seq)))
    assert said == list(range(1, 30))


def test_a_new_name_is_shown_in_what_is_held_and_deletions_stay() -> None:
    held = [entry(seq) for seq in (1, 2, 3)]
    window = Window(EPOCH, 3, held)
    window.delete(held[1].id, 3)
    renamed = [Entry(found.seq, found.id, b"renamed", 0.0) for found in held]
    window.rewrite([*renamed[:2], Entry(9, id_of(9), b"of another room", 0.0)])
    assert window.after(0) == [b"renamed", held[2].data]
