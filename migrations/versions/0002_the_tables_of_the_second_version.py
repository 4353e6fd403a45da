"""The tables of the second version

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
One function for each feature, called from upgrade() and, the other way round, from downgrade().
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_calendar_address()
    _add_told_fact()


def downgrade() -> None:
    op.drop_table('told_fact')
    op.drop_table('calendar_address')


def _add_calendar_address() -> None:
    op.create_table('calendar_address',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_calendar_address_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_calendar_address')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_address_token_hash'))
    )


# What people told of what happened outside of the application is never rewritten.
TOLD_FACT_TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER told_fact_no_update BEFORE UPDATE ON told_fact BEGIN SELECT RAISE(ABORT, 'told_fact is append-only'); END",
        "CREATE TRIGGER told_fact_no_delete BEFORE DELETE ON told_fact BEGIN SELECT RAISE(ABORT, 'told_fact is append-only'); END",
    ],
    'postgresql': [
        'CREATE TRIGGER told_fact_no_update BEFORE UPDATE ON told_fact FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER told_fact_no_delete BEFORE DELETE OR TRUNCATE ON told_fact FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
    ],
}


def _add_told_fact() -> None:
    op.create_table('told_fact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('revision', 'accounts_approved', 'accounts_filed', 'auditor_named', name='factkind', native_enum=False, length=40), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('year_end', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('withdraws_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['withdraws_id'], ['told_fact.id'], name=op.f('fk_told_fact_withdraws_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_told_fact')),
    sa.UniqueConstraint('withdraws_id', name=op.f('uq_told_fact_withdraws_id'))
    )
    op.create_index('ix_told_fact_kind', 'told_fact', ['kind', 'day'], unique=False)
    for statement in TOLD_FACT_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
