"""The sandbox's keys: the same for each process of an install, different for each purpose, silent in a log."""

from dataclasses import astuple

from veza.kit.sandbox_keys import sandbox_keys

SECRET = b"a secret of thirty-two bytes or more"


def test_they_follow_from_the_secret() -> None:
    keys = sandbox_keys(SECRET)
    assert keys == sandbox_keys(SECRET) != sandbox_keys(SECRET[::-1])
    assert len({value.rpartition("_")[2] for value in astuple(keys)}) == len(astuple(keys)) == 5


def test_they_look_like_those_of_the_providers() -> None:
    keys = sandbox_keys(SECRET)
    assert keys.hyperswitch_api_key.startswith("snd_")
    assert keys.stripe_api_key.startswith("sk_test_")
    assert keys.stripe_webhook_secret.startswith("whsec_")
    assert keys.stripe_connect_webhook_secret.startswith("whsec_")
    assert len(keys.hyperswitch_webhook_key) == 64


def test_they_do_not_show_themselves() -> None:
    keys = sandbox_keys(SECRET)
    assert not any(value in repr(keys) for value in astuple(keys))
