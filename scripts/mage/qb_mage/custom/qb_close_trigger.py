"""A one-time trigger that has done its work is closed: in Mage's database and
in triggers.yaml, from which Mage would set it active again at its next start.
"""
from qb_mage.utils.trigger import close

if 'custom' not in globals():
    from mage_ai.data_preparation.decorators import custom


@custom
def qb_close_trigger(validated, *args, **kwargs):
    return {**validated, 'trigger': close(kwargs)}
