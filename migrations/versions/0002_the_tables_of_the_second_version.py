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
    _add_judgement()
    _add_calendar_address()
    _add_statutes_drafts()
    _add_told_fact()


def downgrade() -> None:
    op.drop_table('told_fact')
    op.drop_table('judgement')
    _remove_statutes_drafts()
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


# A text put to a vote is never rewritten.
STATUTES_TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER statutes_frozen_no_update BEFORE UPDATE ON statutes_frozen BEGIN SELECT RAISE(ABORT, 'statutes_frozen is append-only'); END",
        "CREATE TRIGGER statutes_frozen_no_delete BEFORE DELETE ON statutes_frozen BEGIN SELECT RAISE(ABORT, 'statutes_frozen is append-only'); END",
    ],
    'postgresql': [
        'CREATE TRIGGER statutes_frozen_no_update BEFORE UPDATE ON statutes_frozen FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER statutes_frozen_no_delete BEFORE DELETE OR TRUNCATE ON statutes_frozen FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
    ],
}


def _add_statutes_drafts() -> None:
    # Added in place: a table rebuilt on SQLite would lose its triggers.
    op.add_column('statutes', sa.Column('founded_on', sa.Date(), nullable=True))
    op.create_table('statutes_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('base_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('wished_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('being written', 'before the assembly', 'left without quorum', 'voted', 'voted down', 'given up', name='draftstate', native_enum=False, length=40), nullable=False),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('subject_hash', sa.String(length=64), nullable=False),
    sa.Column('decision', sa.String(length=300), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('statutes_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['base_id'], ['statutes.id'], name=op.f('fk_statutes_draft_base_id')),
    sa.ForeignKeyConstraint(['statutes_id'], ['statutes.id'], name=op.f('fk_statutes_draft_statutes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statutes_draft'))
    )
    op.create_index('ix_statutes_draft_state', 'statutes_draft', ['state', 'changed_at'], unique=False)
    op.create_table('statutes_frozen',
    sa.Column('subject_hash', sa.String(length=64), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['statutes_draft.id'], name=op.f('fk_statutes_frozen_draft_id')),
    sa.PrimaryKeyConstraint('subject_hash', name=op.f('pk_statutes_frozen')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    for statement in STATUTES_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _remove_statutes_drafts() -> None:
    op.drop_table('statutes_frozen')
    op.drop_index('ix_statutes_draft_state', table_name='statutes_draft')
    op.drop_table('statutes_draft')
    op.drop_column('statutes', 'founded_on')


# What people judged before an act is never rewritten.
JUDGEMENT_TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER judgement_no_update BEFORE UPDATE ON judgement BEGIN SELECT RAISE(ABORT, 'judgement is append-only'); END",
        "CREATE TRIGGER judgement_no_delete BEFORE DELETE ON judgement BEGIN SELECT RAISE(ABORT, 'judgement is append-only'); END",
    ],
    'postgresql': [
        'CREATE TRIGGER judgement_no_update BEFORE UPDATE ON judgement FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER judgement_no_delete BEFORE DELETE OR TRUNCATE ON judgement FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
    ],
}


def _add_judgement() -> None:
    op.create_table('judgement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('about', sa.String(length=80), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('sentence', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judgement'))
    )
    op.create_index('ix_judgement_about', 'judgement', ['about', 'at'], unique=False)
    for statement in JUDGEMENT_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


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
