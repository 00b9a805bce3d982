"""Runs that are cancelled while one of their blocks waits for a lock."""
from mage_ai.orchestration.db.models.schedules import PipelineRun


def stop_if_cancelled(kwargs):
    """Mage ends the one process it knows; if it has started the block twice
    (mage-ai#5619), the other process has to check by itself."""
    run = PipelineRun.query.get(kwargs.get('pipeline_run_id') or 0)
    if run is None:     # `mage run` at a terminal
        return
    run.refresh()
    if run.status == PipelineRun.PipelineRunStatus.CANCELLED:
        raise RuntimeError(f'run {run.id} was cancelled while this block waited\n'
                           'next: nothing, or "Retry incomplete blocks" of that run')
