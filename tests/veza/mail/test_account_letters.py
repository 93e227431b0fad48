"""Each notice about an account says what happened and what to do, the same in both forms, its token in a fragment."""

import re

import pytest
from tests.veza.mail.test_letters import Seen

from veza.auth.domain import Notice
from veza.mail.account_letters import write_account_letter
from veza.mail.rendering import write_html, write_text

SITE = "https://music.example"
TOKEN = "a-token_of-43-characters"
PAGES = {Notice.VERIFY_EMAIL: "verify-email", Notice.RESET_PASSWORD: "reset-password"}


@pytest.mark.parametrize("notice", list(Notice))
def test_both_forms_say_the_same_and_lead_to_the_install_alone(notice: Notice) -> None:
    letter = write_account_letter(notice, username="ada", public_url=SITE, token=TOKEN)
    text, seen = write_text(letter), Seen(write_html(letter))
    plain = set(re.sub(r"https://\S+", "", text).replace("-- \n", "").replace(":", " ").split())
    assert plain <= {word.strip(":") for word in seen.words}
    assert "ada" in text
    assert "music.example" in text
    assert all(link.startswith(f"{SITE}/") for link in seen.links)
    assert not seen.tags & {"img", "script", "link", "iframe", "form", "input"}


@pytest.mark.parametrize("notice", list(Notice))
def test_a_token_stands_behind_the_hash_of_the_links_that_need_one(notice: Notice) -> None:
    letter = write_account_letter(notice, username="ada", public_url=SITE, token=TOKEN)
    text, page = write_text(letter), write_html(letter)
    assert TOKEN not in letter.subject
    if notice in PAGES:
        link = f"{SITE}/{PAGES[notice]}#token={TOKEN}"
        assert (text.count(TOKEN), page.count(TOKEN)) == (text.count(link), page.count(link)) == (1, 1)
    else:
        assert TOKEN not in text + page
