"""The secret ballots

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# Envelopes are kept until their urn is open, and the rest for ever. `coopgov_closed_urn` came with the first version.
TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER teller_key_no_update BEFORE UPDATE ON teller_key BEGIN SELECT RAISE(ABORT, 'teller_key is append-only'); END",
        "CREATE TRIGGER teller_key_no_delete BEFORE DELETE ON teller_key BEGIN SELECT RAISE(ABORT, 'teller_key is append-only'); END",
        "CREATE TRIGGER scrutin_key_no_update BEFORE UPDATE ON scrutin_key BEGIN SELECT RAISE(ABORT, 'scrutin_key is append-only'); END",
        "CREATE TRIGGER scrutin_key_no_delete BEFORE DELETE ON scrutin_key BEGIN SELECT RAISE(ABORT, 'scrutin_key is append-only'); END",
        "CREATE TRIGGER scrutin_key_part_no_update BEFORE UPDATE ON scrutin_key_part BEGIN SELECT RAISE(ABORT, 'scrutin_key_part is append-only'); END",
        "CREATE TRIGGER scrutin_key_part_no_delete BEFORE DELETE ON scrutin_key_part BEGIN SELECT RAISE(ABORT, 'scrutin_key_part is append-only'); END",
        "CREATE TRIGGER participation_no_update BEFORE UPDATE ON participation BEGIN SELECT RAISE(ABORT, 'participation is append-only'); END",
        "CREATE TRIGGER participation_no_delete BEFORE DELETE ON participation BEGIN SELECT RAISE(ABORT, 'participation is append-only'); END",
        "CREATE TRIGGER urn_ballot_no_update BEFORE UPDATE ON urn_ballot BEGIN SELECT RAISE(ABORT, 'urn_ballot is append-only'); END",
        "CREATE TRIGGER urn_ballot_no_delete BEFORE DELETE ON urn_ballot BEGIN SELECT RAISE(ABORT, 'urn_ballot is append-only'); END",
        "CREATE TRIGGER sealed_part_no_update BEFORE UPDATE ON sealed_part BEGIN SELECT RAISE(ABORT, 'sealed_part is append-only'); END",
        "CREATE TRIGGER envelope_closed_urn BEFORE INSERT ON envelope WHEN EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled')) BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER envelope_closed_urn_update BEFORE UPDATE ON envelope WHEN EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled')) BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER envelope_kept BEFORE DELETE ON envelope WHEN NOT EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = OLD.scrutin_id AND step IN ('counted', 'cancelled')) BEGIN SELECT RAISE(ABORT, 'envelope is kept until its urn is opened'); END",
        "CREATE TRIGGER sealed_part_kept BEFORE DELETE ON sealed_part WHEN NOT EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = OLD.scrutin_id AND step IN ('counted', 'cancelled')) BEGIN SELECT RAISE(ABORT, 'sealed_part is kept until its urn is opened'); END",
    ],
    'postgresql': [
        'CREATE TRIGGER teller_key_no_update BEFORE UPDATE ON teller_key FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER teller_key_no_delete BEFORE DELETE OR TRUNCATE ON teller_key FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_key_no_update BEFORE UPDATE ON scrutin_key FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_key_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_key FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_key_part_no_update BEFORE UPDATE ON scrutin_key_part FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_key_part_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_key_part FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER participation_no_update BEFORE UPDATE ON participation FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER participation_no_delete BEFORE DELETE OR TRUNCATE ON participation FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER urn_ballot_no_update BEFORE UPDATE ON urn_ballot FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER urn_ballot_no_delete BEFORE DELETE OR TRUNCATE ON urn_ballot FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER sealed_part_no_update BEFORE UPDATE ON sealed_part FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER envelope_closed_urn BEFORE INSERT ON envelope FOR EACH ROW EXECUTE FUNCTION coopgov_closed_urn()',
        'CREATE TRIGGER envelope_closed_urn_update BEFORE UPDATE ON envelope FOR EACH ROW EXECUTE FUNCTION coopgov_closed_urn()',
        "CREATE OR REPLACE FUNCTION coopgov_envelope_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = OLD.scrutin_id AND step IN ('counted', 'cancelled')) THEN RAISE EXCEPTION 'envelope is kept until its urn is opened'; END IF; RETURN OLD; END $$",
        'CREATE TRIGGER envelope_kept BEFORE DELETE ON envelope FOR EACH ROW EXECUTE FUNCTION coopgov_envelope_kept()',
        "CREATE OR REPLACE FUNCTION coopgov_sealed_part_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = OLD.scrutin_id AND step IN ('counted', 'cancelled')) THEN RAISE EXCEPTION 'sealed_part is kept until its urn is opened'; END IF; RETURN OLD; END $$",
        'CREATE TRIGGER sealed_part_kept BEFORE DELETE ON sealed_part FOR EACH ROW EXECUTE FUNCTION coopgov_sealed_part_kept()',
    ],
}


def upgrade() -> None:
    op.create_table('envelope',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('voter_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('channel', sa.Enum('remote', 'room', 'paper', name='channel', native_enum=False, length=40), nullable=False),
    sa.Column('cast_by', sa.Uuid(), nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('scrutin_id', 'voter_id', name=op.f('pk_envelope'))
    )
    op.create_index('ix_envelope_channel', 'envelope', ['scrutin_id', 'channel'], unique=False)
    op.create_table('sealed_part',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('scrutin_id', 'number', name=op.f('pk_sealed_part'))
    )
    op.create_table('teller_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teller_key')),
    sa.UniqueConstraint('public', name=op.f('uq_teller_key_public'))
    )
    op.create_index('ix_teller_key_account_id', 'teller_key', ['account_id', 'made_at'], unique=False)
    op.create_table('paper_count',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('college', sa.String(length=40), nullable=False),
    sa.Column('choice', sa.Enum('for', 'against', 'abstain', 'blank', name='choice', native_enum=False, length=40), nullable=False),
    sa.Column('ballots', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_paper_count_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', 'by', 'college', 'choice', name=op.f('pk_paper_count'))
    )
    op.create_table('participation',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('voter_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Enum('remote', 'room', 'paper', name='channel', native_enum=False, length=40), nullable=False),
    sa.Column('cast_by', sa.Uuid(), nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_participation_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', 'voter_id', name=op.f('pk_participation'))
    )
    op.create_table('scrutin_key',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.Column('needed', sa.Integer(), nullable=False),
    sa.Column('tellers', sa.Integer(), nullable=False),
    sa.CheckConstraint('needed BETWEEN 1 AND tellers', name=op.f('ck_scrutin_key_needed_of_tellers')),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_key_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', name=op.f('pk_scrutin_key'))
    )
    op.create_table('urn_ballot',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('college', sa.String(length=40), nullable=False),
    sa.Column('choice', sa.Enum('for', 'against', 'abstain', 'blank', name='choice', native_enum=False, length=40), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_urn_ballot_scrutin_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urn_ballot')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_urn_ballot_scrutin_id', 'urn_ballot', ['scrutin_id', 'college', 'choice'], unique=False)
    op.create_table('scrutin_key_part',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('teller_key_id', sa.Uuid(), nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin_key.scrutin_id'], name=op.f('fk_scrutin_key_part_scrutin_id')),
    sa.ForeignKeyConstraint(['teller_key_id'], ['teller_key.id'], name=op.f('fk_scrutin_key_part_teller_key_id')),
    sa.PrimaryKeyConstraint('scrutin_id', 'number', name=op.f('pk_scrutin_key_part'))
    )
    # Added in place, and filled for the rows there are.
    op.add_column('agenda_item', sa.Column('is_secret', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('agenda_item', sa.Column('present_by_college', sa.Text(), nullable=True))
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_column('agenda_item', 'present_by_college')
    op.drop_column('agenda_item', 'is_secret')
    for table in ('scrutin_key_part', 'urn_ballot', 'scrutin_key', 'participation', 'paper_count', 'teller_key', 'sealed_part', 'envelope'):
        op.drop_table(table)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION coopgov_envelope_kept()')
        op.execute('DROP FUNCTION coopgov_sealed_part_kept()')
