"""Archive -> PostgreSQL: the archived files of this run | qb-stamp | qb-load."""
from qb_mage.utils.stages import load

if 'data_exporter' not in globals():
    from mage_ai.data_preparation.decorators import data_exporter


@data_exporter
def qb_load(extracted, *args, **kwargs):
    return load(extracted, kwargs)
