"""qb-sync: load what changed at QuickBooks, mark what was deleted, and verify."""
from qb_mage.utils.sync import sync

if 'custom' not in globals():
    from mage_ai.data_preparation.decorators import custom


@custom
def qb_sync(*args, **kwargs):
    return sync(kwargs)
