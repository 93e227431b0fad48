"""How a demo takes a platform's answers: it waits when told to, logs in again, and says what was refused."""

import pytest
from tests.factories.demo import Answers, answering

from veza.bootstrap import CannotStart
from veza.demo.client import Person, Refused, open_http

LOGIN = (200, {"data": {"access_token": "t", "user": {"id": "u"}}})
PASSWORD = "a passphrase for tests"


async def test_it_waits_as_long_as_it_is_told() -> None:
    answers = Answers((429, {}), (503, {}), (200, {"data": {"a": 1}}), headers="retry-after: 0\r\n")
    async with answering(answers) as url, open_http(url) as http:
        assert await Person(http, "ada", PASSWORD).get("/x") == {"a": 1}
    assert len(answers.asked) == 3


async def test_somebody_who_is_not_there_is_registered() -> None:
    answers = Answers((404, {}), LOGIN)
    async with answering(answers) as url, open_http(url) as http:
        person = Person(http, "ada", PASSWORD)
        assert await person.enter()
        assert person.id == "u"
    assert answers.asked == ["GET /api/v1/users/ada", "POST /api/v1/auth/register"]


async def test_an_ended_session_is_begun_again() -> None:
    answers = Answers((401, {}), LOGIN, (200, {"data": 1}))
    async with answering(answers) as url, open_http(url) as http:
        assert await Person(http, "ada", PASSWORD).get("/x") == 1
    assert answers.asked[1] == "POST /api/v1/auth/login"


async def test_an_account_of_somebody_else_is_left_alone() -> None:
    async with answering(Answers((200, {"data": {}}), (401, {}))) as url, open_http(url) as http:
        with pytest.raises(CannotStart, match="did not make") as refused:
            await Person(http, "ada", PASSWORD).enter()
    assert PASSWORD not in str(refused.value)


async def test_a_refusal_says_what_was_wrong() -> None:
    problem = {"error": "Some fields are not right.", "code": "x", "fields": [{"field": "title", "message": "is bad"}]}
    async with answering(Answers((400, problem))) as url, open_http(url) as http:
        with pytest.raises(Refused, match="title: is bad") as refused:
            await Person(http, "ada", PASSWORD).post("/x", {})
    assert refused.value.code == "x"


async def test_pages_are_read_to_the_end() -> None:
    answers = Answers((200, {"data": {"n": [1, 2], "total": 3}}), (200, {"data": {"n": [3], "total": 3}}))
    async with answering(answers) as url, open_http(url) as http:
        assert await Person(http, "ada", PASSWORD).pages("/x", "n") == [1, 2, 3]
