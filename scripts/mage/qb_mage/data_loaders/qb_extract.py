"""QuickBooks -> archive: qb-window | qb-pending, then qb-fetch | qb-archive."""
from qb_mage.utils.stages import extract

if 'data_loader' not in globals():
    from mage_ai.data_preparation.decorators import data_loader


@data_loader
def qb_extract(*args, **kwargs):
    return extract(kwargs)
