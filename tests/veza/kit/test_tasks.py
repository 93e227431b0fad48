"""Tasks are held, their failures are heard once, and none outlives its owner."""

import asyncio

from veza.kit.tasks import TaskSet


async def test_a_failure_is_heard_once_with_its_name() -> None:
    heard: list[tuple[str, BaseException]] = []
    told = asyncio.Event()

    def on_error(name: str, error: BaseException) -> None:
        heard.append((name, error))
        told.set()

    async def fail() -> None:
        raise ValueError("no")

    tasks = TaskSet(on_error)
    tasks.spawn(fail(), "fails")
    await told.wait()
    assert [(name, str(error)) for name, error in heard] == [("fails", "no")]
    assert len(tasks) == 0


async def test_closing_cancels_what_runs_and_waits_for_it() -> None:
    ended: list[str] = []
    begun = asyncio.Event()

    async def run() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cleaned up")

    tasks = TaskSet(lambda _name, error: ended.append(repr(error)))
    tasks.spawn(run(), "runs")
    await begun.wait()
    await tasks.close()
    assert ended == ["cleaned up"]
