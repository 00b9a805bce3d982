"""Set the one-time trigger of a completed run inactive, in Mage's database and
in triggers.yaml: from that file Mage would activate it again when it starts.
"""
from qb_mage.utils.trigger import close

if 'custom' not in globals():
    from mage_ai.data_preparation.decorators import custom


@custom
def qb_close_trigger(validated, *args, **kwargs):
    return {**validated, 'trigger': close(kwargs)}
