"""Set one-time triggers inactive, also across restarts of Mage."""
from mage_ai.data_preparation.models.triggers import (
    ScheduleInterval,
    ScheduleStatus,
    load_triggers_file_data,
    update_triggers_for_pipeline_and_persist,
)
from mage_ai.orchestration.db.models.schedules import PipelineRun

ONCE = str(ScheduleInterval.ONCE)


def close(kwargs):
    """Set the trigger of this run inactive; returns its state, in a word or two."""
    run = kwargs.get('pipeline_run_id')
    if not run:
        return 'none'   # `mage run` at a terminal has no trigger
    schedule = PipelineRun.query.get(run).pipeline_schedule
    if schedule is None or schedule.schedule_interval != ONCE:
        return 'not changed'
    in_file = _close_in_file(schedule.name, kwargs['pipeline_uuid'])
    schedule.update(status=ScheduleStatus.INACTIVE)
    print(f'trigger {schedule.name}: inactive in the database'
          + (' and in triggers.yaml' if in_file else ''))
    return 'inactive'


def _close_in_file(name, pipeline):
    entries = load_triggers_file_data(pipeline).get('triggers') or []
    mine = [e for e in entries
            if e.get('name') == name and e.get('schedule_interval') == ONCE]
    for entry in mine:
        entry['status'] = ScheduleStatus.INACTIVE.value
    if mine:
        update_triggers_for_pipeline_and_persist(entries, pipeline)
    return bool(mine)
