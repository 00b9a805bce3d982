"""qb-status: how far each table is, and how long the login lasts."""
from qb_mage.utils.sync import report

if 'custom' not in globals():
    from mage_ai.data_preparation.decorators import custom


@custom
def qb_report(synced, *args, **kwargs):
    return report(synced)
