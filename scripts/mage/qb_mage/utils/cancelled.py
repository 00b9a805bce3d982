"""Runs that were cancelled while a block of theirs waited."""
from mage_ai.orchestration.db.models.schedules import PipelineRun


def stop_if_cancelled(kwargs):
    """Mage ends the process that it knows; of a block that it started twice
    (mage-ai#5619) it knows one."""
    run = PipelineRun.query.get(kwargs.get('pipeline_run_id') or 0)
    if run is None:     # `mage run` at a terminal
        return
    run.refresh()
    if run.status == PipelineRun.PipelineRunStatus.CANCELLED:
        raise RuntimeError(f'run {run.id} was cancelled while this block waited\n'
                           'next: nothing, or "Retry incomplete blocks" of that run')
