"""Ten thousand orders under sixty kills: nothing lost, nothing doubled, and a run that would notice if it were."""

import textwrap
from pathlib import Path

import pytest
from tests.factories.money_run import SETTINGS, Plan, run_market_day
from tests.factories.platform import running_platform

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3_000)]


def test_a_market_day_of_ten_thousand_orders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_platform(tmp_path, **SETTINGS) as platform:
        report = run_market_day(platform, tmp_path / "data", Plan(orders=10_000, kills=60, seed=7, buyers=40))
    with capsys.disabled():
        print("\n" + report.table())
    report.require_clean()
    assert report.drained_s <= 60, report.table()
    assert report.kills.total() == 60


PLANTER = """
    import importlib.abc, importlib.util, sys, uuid

    class Planter(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path, target=None):
            if name != "veza.sellers.{module}":
                return None
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec(name)
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                module.{key} = lambda *_: f"{key}:{{uuid.uuid4()}}"

            spec.loader.exec_module = exec_module
            return spec

    sys.meta_path.insert(0, Planter())
    """


@pytest.mark.parametrize(
    ("module", "key", "noticed"),
    [
        ("transfers", "transfer_key", "transfers doubled at the provider"),
        ("reversals", "reversal_key", "reversals that differ at the provider"),
    ],
)
def test_a_key_for_each_attempt_would_be_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, key: str, noticed: str
) -> None:
    """The planted bug: every process of this platform makes a new idempotency key each time it moves money."""
    planted = tmp_path / "planted"
    planted.mkdir()
    (planted / "sitecustomize.py").write_text(textwrap.dedent(PLANTER.format(module=module, key=key)))
    monkeypatch.setenv("PYTHONPATH", str(planted))
    with running_platform(tmp_path, **SETTINGS) as platform:
        # No account is emptied: what is owed instead of reversed cannot be reversed twice.
        plan = Plan(orders=300, kills=0, seed=7, empties=False)
        report = run_market_day(platform, tmp_path / "data", plan, {"stripe": {"lost_answer": 0.2}})
    wrong = report.sent_twice if module == "transfers" else report.money_back.reversals_that_differ
    assert wrong > 0
    with pytest.raises(AssertionError, match=noticed):
        report.require_clean()
