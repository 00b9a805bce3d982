"""The secrets of qb in Mage Secrets: their names, and access to them for
programs that are not blocks (seed-secrets, with-secrets)."""
import contextlib
import io
import os
import sys

REQUIRED = {
    'QBO': ('QBO_ENV', 'QBO_CLIENT_ID', 'QBO_CLIENT_SECRET', 'QBO_REALM_ID'),
    'PG': ('PGHOST', 'PGDATABASE', 'PGUSER', 'PGPASSWORD'),
}
OPTIONAL = {
    'QBO': ('QBO_REFRESH_TOKEN', 'QBO_MONTHLY_CALLS', 'QBO_API_URL', 'QBO_TOKEN_URL'),
    'PG': ('PGPORT', 'PGSSLMODE', 'PGSSLROOTCERT'),
}
NAMES = tuple(name for group in ('QBO', 'PG')
              for name in REQUIRED[group] + OPTIONAL[group])


def open_secrets(project):
    """Mage's module for secrets, with its database open.

    `project` must be the path that the server uses: secrets belong to it.
    It has to be set before any other module of Mage is imported.
    """
    _set_database_url()
    printed = io.StringIO()     # Mage prints while it starts; shown on errors only
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            from mage_ai.settings.repo import set_repo_path
            set_repo_path(project)
            from mage_ai.orchestration.db import db_connection
            from mage_ai.orchestration.db.database_manager import database_manager
            db_connection.start_session()
            database_manager.run_migrations()
            from mage_ai.data_preparation.shared import secrets
    except Exception:
        sys.stderr.write(printed.getvalue())
        raise
    return secrets


def _set_database_url():
    """In the container the URL lacks its password, which is in a file."""
    template = os.environ.get('QB_MAGE_DATABASE')
    name = os.environ.get('QB_MAGE_DATABASE_PASSWORD_FILE')
    if template and name and not os.environ.get('MAGE_DATABASE_CONNECTION_URL'):
        with open(name, encoding='utf-8') as file:
            os.environ['MAGE_DATABASE_CONNECTION_URL'] = template.replace(
                'PASSWORD', file.read().strip())
