"""Alembic's folder: environment, template and revisions of the office store."""
