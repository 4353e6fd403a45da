"""The registers, and the past they take over

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
"""

from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_indexes()


def downgrade() -> None:
    _drop_indexes()


def _add_indexes() -> None:
    # What was written after an instant: a register is told as it was known.
    op.create_index('ix_share_tx_recorded_at', 'share_tx', ['recorded_at'], unique=False)
    op.create_index('ix_capital_tx_recorded_at', 'capital_tx', ['recorded_at'], unique=False)


def _drop_indexes() -> None:
    op.drop_index('ix_capital_tx_recorded_at', table_name='capital_tx')
    op.drop_index('ix_share_tx_recorded_at', table_name='share_tx')
