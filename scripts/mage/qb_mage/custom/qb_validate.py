"""qb-check: what QuickBooks counts, what was extracted, archived and loaded."""
from qb_mage.utils.steps import validate

if 'custom' not in globals():
    from mage_ai.data_preparation.decorators import custom


@custom
def qb_validate(loaded, *args, **kwargs):
    return validate(loaded)
