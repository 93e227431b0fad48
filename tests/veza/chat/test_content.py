"""What may be said: text of one visible line; and blocked words, however they are dressed up."""

import unicodedata

import pytest
from hypothesis import example, given, settings, strategies as st

from veza.chat.content import (
    BLOCKED_WORD_MAX,
    BLOCKED_WORDS_MAX,
    COMBINING_MAX,
    CONTENT_MAX,
    NONCE_MAX,
    is_blocked,
    parse_blocked_words,
    parse_content,
    parse_nonce,
)
from veza.kit.errors import Invalid

ACUTE, ZWJ, ZWNJ, CGJ = "\u0301", "\u200d", "\u200c", "\u034f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
RAINBOW_FLAG = "\U0001f3f3\ufe0f\u200d\U0001f308"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
NEW_EMOJI = "\U0001fae8"  # Unicode 15: unknown to the tables of Python 3.11


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "x",
        "x" * CONTENT_MAX,
        "é" * CONTENT_MAX,
        "\U0001f3b5" * CONTENT_MAX,
        "<script>alert(1)</script>",
        "<b>&amp;</b> [x](javascript:1) **bold** `code`",
        "{{7*7}} ${x} %s \\n",
        "'; drop table chat_messages; --",
        FAMILY,
        RAINBOW_FLAG,
        ENGLAND,
        NEW_EMOJI,
        "1\ufe0f\u20e3",
        "שלום עולם",
        "مرحبا \u200f!",
        "हिन्दी में",
        "ภาษาไทย",
        "q" + "\u0302" * COMBINING_MAX,
        "z\u0323\u0307" * 40,
        "\u2014",
        "a\u00a0b",
        "\u3000x\u2003y",
    ],
)
def test_text_stays_as_it_is(text: str) -> None:
    assert parse_content(text) == unicodedata.normalize("NFC", text.strip())


def test_it_is_trimmed_and_composed() -> None:
    assert parse_content(" \t\n e\u0301te\u0301 \u2003\r\n") == "été"
    assert parse_content("\u1112\u1161\u11ab" * CONTENT_MAX) == "\ud55c" * CONTENT_MAX


def test_the_limit_counts_what_is_left_after_trimming() -> None:
    for around in (" " * 3_000, "\n" * 5_000):
        assert parse_content(f"{around}{'x' * CONTENT_MAX}{around}") == "x" * CONTENT_MAX


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\u00a0\u2003\u3000",
        "x" * (CONTENT_MAX + 1),
        "\U0001f3b5" * (CONTENT_MAX + 1),
        "x" * 1_000_000,
        "a\nb",
        "a\r\nb",
        "a\x00b",
        "a\x1b[31mb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "\ud800",
        "ok \udfff",
        *[f"abc {override} txt" for override in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"],
        "z" + ACUTE * 10_000,
        "q" + "\u0302" * (COMBINING_MAX + 1),
        "z" + "\u20dd" * (COMBINING_MAX + 1),
        "q" + ("\u0302" * COMBINING_MAX + ZWJ) * 30,
        "q" + ("\u0302" * COMBINING_MAX + "\u2060") * 30,
        "\u200b",
        "\u200b\u200c\u200d\u2060\ufeff",
        " \u200b \u00ad \u180e ",
        ACUTE,
        "\ufe0f",
        "\u3164",
        "\u115f\u1160\uffa0",
        "\u2800\u2800",
    ],
)
def test_what_is_not_one_visible_line_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_content(text)
    assert caught.value.code == "invalid_content"
    assert [problem.field for problem in caught.value.fields] == ["content"]
    assert len(caught.value.sentence) < 100


AWKWARD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(f"a e{ACUTE}\u0302\u0323{ZWJ}{ZWNJ}\u202e\u3164\u1161\u11ab\u1112\n\x00\ud800\u0344"),
    ),
    max_size=700,
)


@settings(max_examples=400)
@given(AWKWARD)
@example("\u0958" * 300)  # grows when it is composed
@example("e\u0301" * 500)
def test_any_text_is_kept_once_and_for_all_or_invalid(text: str) -> None:
    try:
        kept = parse_content(text)
    except Invalid:
        return
    assert parse_content(kept) == kept
    assert 1 <= len(kept) <= CONTENT_MAX
    assert kept == kept.strip() == unicodedata.normalize("NFC", kept)
    assert kept.encode().decode() == kept


# --- nonces ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nonce", ["1", "x" * NONCE_MAX, "0193e1c8-7d1e-7000-8000-000000000000", "é 🎵", " "])
def test_a_nonce_is_kept_as_it_is(nonce: str) -> None:
    assert parse_nonce(nonce) == nonce


@pytest.mark.parametrize("nonce", ["", "x" * (NONCE_MAX + 1), "a\x00b", "a\nb", "\ud800", "\u202e", "\u200b"])
def test_a_nonce_that_cannot_be_stored_is_refused(nonce: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_nonce(nonce)
    assert [problem.field for problem in caught.value.fields] == ["nonce"]


# --- blocked words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "spam", "SPAM", "so much Spam!", "spam.", "(spam)", "<spam>", "«spam»", "spam,spam", "SPÄM", "s\u0301pam",
        "ｓｐａｍ", "sp\u200bam", "s\u200dp\u200ca\u2060m", "sp\u00adam", "\ufeffspam", "spa\u034fm", "sp\ufe0fam",
        "s\u20ddpam", "s\U000e0101pam", "spam\u3164", "\u2800spam", "sp\u180bam", "a-spam-b", "spam_", "𝐬𝐩𝐚𝐦",
    ],
)  # fmt: skip
def test_a_blocked_word_is_found_whatever_it_wears(content: str) -> None:
    assert is_blocked(content, parse_blocked_words(["spam"]))


@pytest.mark.parametrize("content", ["spammer", "nospam", "s pam", "sp-am", "spa m", "", "ham", "1spam", "spam1"])
def test_a_part_of_a_word_is_not_the_word(content: str) -> None:
    assert not is_blocked(content, parse_blocked_words(["spam"]))


def test_phrases_are_found_across_any_spaces_and_signs() -> None:
    words = parse_blocked_words(["buy  Now!"])
    assert words == ("buy now",)
    for content in ("buy now", "BUY...now", "please buy\u2003\u2003now ok", "buy, now"):
        assert is_blocked(content, words), content
    assert not is_blocked("now buy", words)
    assert not is_blocked("buynow", words)


def test_without_words_nothing_is_blocked() -> None:
    assert not is_blocked("anything", ())


@pytest.mark.parametrize("word", [".*", "(a+)+$", "a|b", "[a-z]", "^a", "\\w", "%", "a.c"])
def test_a_word_is_never_a_pattern(word: str) -> None:
    try:
        words = parse_blocked_words([word])
    except Invalid:
        assert not any(c.isalnum() for c in word)
        return
    assert not is_blocked("zzz abc aaaaaaaaaaaaaaaaaaaaaaaaaaa! xyz", words)


def test_words_are_kept_folded_once_and_in_order() -> None:
    assert parse_blocked_words(["Zoo", "ÉTÉ", "ete", "zoo", "Straße"]) == ("zoo", "ete", "strasse")
    assert parse_blocked_words([]) == ()


def test_all_words_that_are_wrong_are_named() -> None:
    words = ["fine", "", "!!!", "x" * (BLOCKED_WORD_MAX + 1), "x" * BLOCKED_WORD_MAX, "\u200b"]
    with pytest.raises(Invalid) as caught:
        parse_blocked_words(words)
    assert [problem.field for problem in caught.value.fields] == [
        "blocked_words.1", "blocked_words.2", "blocked_words.3", "blocked_words.5",
    ]  # fmt: skip


def test_there_are_at_most_so_many_words() -> None:
    many = [f"w{n}" for n in range(BLOCKED_WORDS_MAX)]
    assert len(parse_blocked_words(many)) == BLOCKED_WORDS_MAX
    with pytest.raises(Invalid) as caught:
        parse_blocked_words([*many, "one more"])
    assert [problem.field for problem in caught.value.fields] == ["blocked_words"]
    with pytest.raises(Invalid) as caught:
        parse_blocked_words(["!"] * 100_000)
    assert len(caught.value.fields) <= 10


@given(word=st.text(max_size=BLOCKED_WORD_MAX), before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_word_is_blocked_in_any_company(word: str, before: str, after: str) -> None:
    try:
        words = parse_blocked_words([word])
    except Invalid:
        return
    assert is_blocked(f"{before} {word} {after}", words)
    assert parse_blocked_words(words) == words
