"""The other ballot papers

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

# `coopgov_closed_urn` came with the first version.
TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER scrutin_form_no_update BEFORE UPDATE ON scrutin_form BEGIN SELECT RAISE(ABORT, 'scrutin_form is append-only'); END",
        "CREATE TRIGGER scrutin_form_no_delete BEFORE DELETE ON scrutin_form BEGIN SELECT RAISE(ABORT, 'scrutin_form is append-only'); END",
        "CREATE TRIGGER ballot_marked_no_update BEFORE UPDATE ON ballot_marked BEGIN SELECT RAISE(ABORT, 'ballot_marked is append-only'); END",
        "CREATE TRIGGER ballot_marked_no_delete BEFORE DELETE ON ballot_marked BEGIN SELECT RAISE(ABORT, 'ballot_marked is append-only'); END",
        "CREATE TRIGGER urn_marked_no_update BEFORE UPDATE ON urn_marked BEGIN SELECT RAISE(ABORT, 'urn_marked is append-only'); END",
        "CREATE TRIGGER urn_marked_no_delete BEFORE DELETE ON urn_marked BEGIN SELECT RAISE(ABORT, 'urn_marked is append-only'); END",
        "CREATE TRIGGER scrutin_archive_no_update BEFORE UPDATE ON scrutin_archive BEGIN SELECT RAISE(ABORT, 'scrutin_archive is append-only'); END",
        "CREATE TRIGGER scrutin_archive_no_delete BEFORE DELETE ON scrutin_archive BEGIN SELECT RAISE(ABORT, 'scrutin_archive is append-only'); END",
        "CREATE TRIGGER ballot_marked_closed_urn BEFORE INSERT ON ballot_marked WHEN EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled')) BEGIN SELECT RAISE(IGNORE); END",
    ],
    'postgresql': [
        'CREATE TRIGGER scrutin_form_no_update BEFORE UPDATE ON scrutin_form FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_form_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_form FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER ballot_marked_no_update BEFORE UPDATE ON ballot_marked FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER ballot_marked_no_delete BEFORE DELETE OR TRUNCATE ON ballot_marked FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER urn_marked_no_update BEFORE UPDATE ON urn_marked FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER urn_marked_no_delete BEFORE DELETE OR TRUNCATE ON urn_marked FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_archive_no_update BEFORE UPDATE ON scrutin_archive FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_archive_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_archive FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER ballot_marked_closed_urn BEFORE INSERT ON ballot_marked FOR EACH ROW EXECUTE FUNCTION coopgov_closed_urn()',
    ],
}


def upgrade() -> None:
    op.create_table('ballot_marked',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('voter_id', sa.Uuid(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('channel', sa.Enum('remote', 'room', 'paper', name='channel', native_enum=False, length=40), nullable=False),
    sa.Column('cast_by', sa.Uuid(), nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.CheckConstraint('length(content) BETWEEN 11 AND 110', name=op.f('ck_ballot_marked_as_long_as_a_ballot')),
    sa.PrimaryKeyConstraint('scrutin_id', 'voter_id', name=op.f('pk_ballot_marked'))
    )
    op.create_index('ix_ballot_marked_channel', 'ballot_marked', ['scrutin_id', 'channel'], unique=False)
    op.create_table('scrutin_archive',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('archive', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_archive_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', name=op.f('pk_scrutin_archive'))
    )
    op.create_table('scrutin_form',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('form', sa.Text(), nullable=False),
    sa.Column('ties', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_form_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', name=op.f('pk_scrutin_form'))
    )
    op.create_table('urn_marked',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('length(content) BETWEEN 11 AND 110', name=op.f('ck_urn_marked_as_long_as_a_ballot')),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_urn_marked_scrutin_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urn_marked')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_urn_marked_scrutin_id', 'urn_marked', ['scrutin_id', 'content'], unique=False)
    # Added in place: a table is never rebuilt on SQLite, it would lose its triggers.
    op.add_column('agenda_item', sa.Column('form', sa.Text(), nullable=True))
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_column('agenda_item', 'form')
    for table in ('urn_marked', 'scrutin_form', 'scrutin_archive', 'ballot_marked'):
        op.drop_table(table)
