"""qb-check: rows at QuickBooks, extracted, archived, loaded and in the table."""
from qb_mage.utils.stages import validate

if 'custom' not in globals():
    from mage_ai.data_preparation.decorators import custom


@custom
def qb_validate(loaded, *args, **kwargs):
    return validate(loaded)
