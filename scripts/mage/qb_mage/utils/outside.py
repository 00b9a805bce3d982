"""Mage Secrets for a program that is no block: seed-secrets, with-secrets."""
import contextlib
import io
import os
import sys


def open_secrets(project):
    """Mage's module of secrets, with its database open.

    The project's path must be the server's own: secrets belong to it.  It has
    to be told before anything else of Mage is imported.
    """
    _find_database()
    said = io.StringIO()    # what Mage says on the way is no answer
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            from mage_ai.settings.repo import set_repo_path
            set_repo_path(project)
            from mage_ai.orchestration.db import db_connection
            from mage_ai.orchestration.db.database_manager import database_manager
            db_connection.start_session()
            database_manager.run_migrations()
            from mage_ai.data_preparation.shared import secrets
    except Exception:
        sys.stderr.write(said.getvalue())
        raise
    return secrets


def _find_database():
    """In the container its address holds a password, which is in a file."""
    template = os.environ.get('QB_MAGE_DATABASE')
    name = os.environ.get('QB_MAGE_DATABASE_PASSWORD_FILE')
    if template and name and not os.environ.get('MAGE_DATABASE_CONNECTION_URL'):
        with open(name, encoding='utf-8') as file:
            os.environ['MAGE_DATABASE_CONNECTION_URL'] = template.replace(
                'PASSWORD', file.read().strip())
