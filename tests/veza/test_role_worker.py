"""Every job name has one handler, and what comes back has one too."""

from veza.context import Context
from veza.jobs.worker import Worker
from veza.role_worker import JOB_SLICES, job_handlers


async def test_every_periodic_job_has_a_handler(ctx: Context) -> None:
    periodic = [entry for jobs in JOB_SLICES for entry in jobs.periodic(ctx)]
    assert len({entry.name for entry in periodic}) == len(periodic)
    Worker(ctx.db, job_handlers(ctx), periodic=periodic)
