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


# --- after the seal
# What may still happen to a sealed vote, its roll and its reminders.
AFTER_SEAL: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER roll_opening_no_update BEFORE UPDATE ON roll_opening BEGIN SELECT RAISE(ABORT, 'roll_opening is append-only'); END",
        "CREATE TRIGGER roll_opening_no_delete BEFORE DELETE ON roll_opening BEGIN SELECT RAISE(ABORT, 'roll_opening is append-only'); END",
        "CREATE TRIGGER roll_dispute_no_update BEFORE UPDATE ON roll_dispute BEGIN SELECT RAISE(ABORT, 'roll_dispute is append-only'); END",
        "CREATE TRIGGER roll_dispute_no_delete BEFORE DELETE ON roll_dispute BEGIN SELECT RAISE(ABORT, 'roll_dispute is append-only'); END",
        "CREATE TRIGGER roll_answer_no_update BEFORE UPDATE ON roll_answer BEGIN SELECT RAISE(ABORT, 'roll_answer is append-only'); END",
        "CREATE TRIGGER roll_answer_no_delete BEFORE DELETE ON roll_answer BEGIN SELECT RAISE(ABORT, 'roll_answer is append-only'); END",
        "CREATE TRIGGER reminder_plan_no_update BEFORE UPDATE ON reminder_plan BEGIN SELECT RAISE(ABORT, 'reminder_plan is append-only'); END",
        "CREATE TRIGGER reminder_plan_no_delete BEFORE DELETE ON reminder_plan BEGIN SELECT RAISE(ABORT, 'reminder_plan is append-only'); END",
        "CREATE TRIGGER reminder_sent_no_update BEFORE UPDATE ON reminder_sent BEGIN SELECT RAISE(ABORT, 'reminder_sent is append-only'); END",
        "CREATE TRIGGER reminder_sent_no_delete BEFORE DELETE ON reminder_sent BEGIN SELECT RAISE(ABORT, 'reminder_sent is append-only'); END",
        "CREATE TRIGGER roll_strike_no_update BEFORE UPDATE ON roll_strike BEGIN SELECT RAISE(ABORT, 'roll_strike is append-only'); END",
        "CREATE TRIGGER roll_strike_no_delete BEFORE DELETE ON roll_strike BEGIN SELECT RAISE(ABORT, 'roll_strike is append-only'); END",
        "CREATE TRIGGER scrutin_suspension_no_update BEFORE UPDATE ON scrutin_suspension BEGIN SELECT RAISE(ABORT, 'scrutin_suspension is append-only'); END",
        "CREATE TRIGGER scrutin_suspension_no_delete BEFORE DELETE ON scrutin_suspension BEGIN SELECT RAISE(ABORT, 'scrutin_suspension is append-only'); END",
        "CREATE TRIGGER scrutin_resumption_no_update BEFORE UPDATE ON scrutin_resumption BEGIN SELECT RAISE(ABORT, 'scrutin_resumption is append-only'); END",
        "CREATE TRIGGER scrutin_resumption_no_delete BEFORE DELETE ON scrutin_resumption BEGIN SELECT RAISE(ABORT, 'scrutin_resumption is append-only'); END",
        "CREATE TRIGGER scrutin_annulment_no_update BEFORE UPDATE ON scrutin_annulment BEGIN SELECT RAISE(ABORT, 'scrutin_annulment is append-only'); END",
        "CREATE TRIGGER scrutin_annulment_no_delete BEFORE DELETE ON scrutin_annulment BEGIN SELECT RAISE(ABORT, 'scrutin_annulment is append-only'); END",
        'CREATE TRIGGER ballot_named_halted BEFORE INSERT ON ballot_named WHEN EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) OR EXISTS (SELECT 1 FROM scrutin s JOIN roll_strike k ON k.roll_id = s.roll_id WHERE s.id = NEW.scrutin_id AND k.voter_id = NEW.voter_id) BEGIN SELECT RAISE(IGNORE); END',
        'CREATE TRIGGER ballot_marked_halted BEFORE INSERT ON ballot_marked WHEN EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) OR EXISTS (SELECT 1 FROM scrutin s JOIN roll_strike k ON k.roll_id = s.roll_id WHERE s.id = NEW.scrutin_id AND k.voter_id = NEW.voter_id) BEGIN SELECT RAISE(IGNORE); END',
        'CREATE TRIGGER envelope_halted BEFORE INSERT ON envelope WHEN EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) OR EXISTS (SELECT 1 FROM scrutin s JOIN roll_strike k ON k.roll_id = s.roll_id WHERE s.id = NEW.scrutin_id AND k.voter_id = NEW.voter_id) BEGIN SELECT RAISE(IGNORE); END',
        'CREATE TRIGGER envelope_halted_update BEFORE UPDATE ON envelope WHEN EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) OR EXISTS (SELECT 1 FROM scrutin s JOIN roll_strike k ON k.roll_id = s.roll_id WHERE s.id = NEW.scrutin_id AND k.voter_id = NEW.voter_id) BEGIN SELECT RAISE(IGNORE); END',
        "CREATE TRIGGER roll_strike_before_vote BEFORE INSERT ON roll_strike WHEN (NEW.voter_id IS NOT NULL) AND (EXISTS (SELECT 1 FROM scrutin s JOIN scrutin_step d ON d.scrutin_id = s.id WHERE s.roll_id = NEW.roll_id AND d.step = 'room_opened') OR EXISTS (SELECT 1 FROM ballot_named b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id) OR EXISTS (SELECT 1 FROM ballot_marked b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id) OR EXISTS (SELECT 1 FROM envelope b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id) OR EXISTS (SELECT 1 FROM participation b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id)) BEGIN SELECT RAISE(ABORT, 'roll_strike: she has voted'); END",
        "CREATE TRIGGER scrutin_suspension_open BEFORE INSERT ON scrutin_suspension WHEN (NEW.id IS NOT NULL) AND (EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) OR EXISTS (SELECT 1 FROM scrutin_step d WHERE d.scrutin_id = NEW.scrutin_id AND d.step IN ('room_closed', 'cancelled'))) BEGIN SELECT RAISE(ABORT, 'scrutin_suspension: the vote is not open'); END",
        "CREATE TRIGGER scrutin_resumption_whole BEFORE INSERT ON scrutin_resumption WHEN (NEW.suspension_id IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.id = NEW.suspension_id AND p.scrutin_id = NEW.scrutin_id)) BEGIN SELECT RAISE(ABORT, 'scrutin_resumption: another vote was suspended'); END",
        "CREATE TRIGGER scrutin_resumption_later BEFORE INSERT ON scrutin_resumption WHEN (NEW.closes_at IS NOT NULL) AND (NEW.closes_at < (SELECT coalesce((SELECT max(r.closes_at) FROM scrutin_resumption r WHERE r.scrutin_id = NEW.scrutin_id), s.remote_closes_at) FROM scrutin s WHERE s.id = NEW.scrutin_id)) BEGIN SELECT RAISE(ABORT, 'scrutin_resumption: a closing is never brought forward'); END",
        "CREATE TRIGGER scrutin_annulment_proclaimed BEFORE INSERT ON scrutin_annulment WHEN (NEW.scrutin_id IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM scrutin_step d WHERE d.scrutin_id = NEW.scrutin_id AND d.step = 'proclaimed')) BEGIN SELECT RAISE(ABORT, 'scrutin_annulment: nothing was proclaimed'); END",
        "CREATE TRIGGER scrutin_step_not_suspended BEFORE INSERT ON scrutin_step WHEN (NEW.step IN ('room_opened', 'room_closed')) AND (EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id))) BEGIN SELECT RAISE(ABORT, 'scrutin_step: the vote is suspended'); END",
    ],
    'postgresql': [
        'CREATE TRIGGER roll_opening_no_update BEFORE UPDATE ON roll_opening FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_opening_no_delete BEFORE DELETE OR TRUNCATE ON roll_opening FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_dispute_no_update BEFORE UPDATE ON roll_dispute FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_dispute_no_delete BEFORE DELETE OR TRUNCATE ON roll_dispute FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_answer_no_update BEFORE UPDATE ON roll_answer FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_answer_no_delete BEFORE DELETE OR TRUNCATE ON roll_answer FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER reminder_plan_no_update BEFORE UPDATE ON reminder_plan FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER reminder_plan_no_delete BEFORE DELETE OR TRUNCATE ON reminder_plan FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER reminder_sent_no_update BEFORE UPDATE ON reminder_sent FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER reminder_sent_no_delete BEFORE DELETE OR TRUNCATE ON reminder_sent FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_strike_no_update BEFORE UPDATE ON roll_strike FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_strike_no_delete BEFORE DELETE OR TRUNCATE ON roll_strike FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_suspension_no_update BEFORE UPDATE ON scrutin_suspension FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_suspension_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_suspension FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_resumption_no_update BEFORE UPDATE ON scrutin_resumption FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_resumption_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_resumption FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_annulment_no_update BEFORE UPDATE ON scrutin_annulment FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_annulment_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_annulment FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION coopgov_closed_urn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1970433637, hashtext(NEW.scrutin_id::text)); IF EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled')) OR EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) OR EXISTS (SELECT 1 FROM scrutin s JOIN roll_strike k ON k.roll_id = s.roll_id WHERE s.id = NEW.scrutin_id AND k.voter_id = NEW.voter_id) THEN RETURN NULL; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION roll_strike_before_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.voter_id IS NOT NULL THEN IF EXISTS (SELECT 1 FROM scrutin s JOIN scrutin_step d ON d.scrutin_id = s.id WHERE s.roll_id = NEW.roll_id AND d.step = 'room_opened') OR EXISTS (SELECT 1 FROM ballot_named b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id) OR EXISTS (SELECT 1 FROM ballot_marked b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id) OR EXISTS (SELECT 1 FROM envelope b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id) OR EXISTS (SELECT 1 FROM participation b JOIN scrutin s ON s.id = b.scrutin_id WHERE s.roll_id = NEW.roll_id AND b.voter_id = NEW.voter_id) THEN RAISE EXCEPTION 'roll_strike: she has voted'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER roll_strike_before_vote BEFORE INSERT ON roll_strike FOR EACH ROW EXECUTE FUNCTION roll_strike_before_vote()',
        "CREATE OR REPLACE FUNCTION scrutin_suspension_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id IS NOT NULL THEN IF EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) OR EXISTS (SELECT 1 FROM scrutin_step d WHERE d.scrutin_id = NEW.scrutin_id AND d.step IN ('room_closed', 'cancelled')) THEN RAISE EXCEPTION 'scrutin_suspension: the vote is not open'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER scrutin_suspension_open BEFORE INSERT ON scrutin_suspension FOR EACH ROW EXECUTE FUNCTION scrutin_suspension_open()',
        "CREATE OR REPLACE FUNCTION scrutin_resumption_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.suspension_id IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.id = NEW.suspension_id AND p.scrutin_id = NEW.scrutin_id) THEN RAISE EXCEPTION 'scrutin_resumption: another vote was suspended'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER scrutin_resumption_whole BEFORE INSERT ON scrutin_resumption FOR EACH ROW EXECUTE FUNCTION scrutin_resumption_whole()',
        "CREATE OR REPLACE FUNCTION scrutin_resumption_later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.closes_at IS NOT NULL THEN IF NEW.closes_at < (SELECT coalesce((SELECT max(r.closes_at) FROM scrutin_resumption r WHERE r.scrutin_id = NEW.scrutin_id), s.remote_closes_at) FROM scrutin s WHERE s.id = NEW.scrutin_id) THEN RAISE EXCEPTION 'scrutin_resumption: a closing is never brought forward'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER scrutin_resumption_later BEFORE INSERT ON scrutin_resumption FOR EACH ROW EXECUTE FUNCTION scrutin_resumption_later()',
        "CREATE OR REPLACE FUNCTION scrutin_annulment_proclaimed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.scrutin_id IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM scrutin_step d WHERE d.scrutin_id = NEW.scrutin_id AND d.step = 'proclaimed') THEN RAISE EXCEPTION 'scrutin_annulment: nothing was proclaimed'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER scrutin_annulment_proclaimed BEFORE INSERT ON scrutin_annulment FOR EACH ROW EXECUTE FUNCTION scrutin_annulment_proclaimed()',
        "CREATE OR REPLACE FUNCTION scrutin_step_not_suspended() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.step IN ('room_opened', 'room_closed') THEN IF EXISTS (SELECT 1 FROM scrutin_suspension p WHERE p.scrutin_id = NEW.scrutin_id AND NOT EXISTS (SELECT 1 FROM scrutin_resumption r WHERE r.suspension_id = p.id)) THEN RAISE EXCEPTION 'scrutin_step: the vote is suspended'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER scrutin_step_not_suspended BEFORE INSERT ON scrutin_step FOR EACH ROW EXECUTE FUNCTION scrutin_step_not_suspended()',
    ],
}
# On PostgreSQL the trigger of a closed urn looks for what halts a vote too.
HALTED = [('ballot_named', 'ballot_named_halted'), ('ballot_marked', 'ballot_marked_halted'), ('envelope', 'envelope_halted'), ('envelope', 'envelope_halted_update')]
FUNCTIONS = ['roll_strike_before_vote', 'scrutin_suspension_open', 'scrutin_resumption_whole', 'scrutin_resumption_later', 'scrutin_annulment_proclaimed', 'scrutin_step_not_suspended']


def _after_seal() -> None:
    op.create_table('roll_opening',
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_roll_opening_assembly_id')),
    sa.PrimaryKeyConstraint('assembly_id', name=op.f('pk_roll_opening'))
    )
    op.create_table('roll_dispute',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_roll_dispute_assembly_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll_dispute'))
    )
    op.create_index('ix_roll_dispute_assembly_id', 'roll_dispute', ['assembly_id', 'at'], unique=False)
    op.create_table('roll_answer',
    sa.Column('dispute_id', sa.Uuid(), nullable=False),
    sa.Column('is_corrected', sa.Boolean(), nullable=False),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['dispute_id'], ['roll_dispute.id'], name=op.f('fk_roll_answer_dispute_id')),
    sa.PrimaryKeyConstraint('dispute_id', name=op.f('pk_roll_answer'))
    )
    op.create_table('reminder_plan',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('hours', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_reminder_plan_assembly_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_plan'))
    )
    op.create_index('ix_reminder_plan_assembly_id', 'reminder_plan', ['assembly_id', 'at'], unique=False)
    op.create_table('reminder_sent',
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('hours', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_reminder_sent_assembly_id')),
    sa.PrimaryKeyConstraint('assembly_id', 'hours', name=op.f('pk_reminder_sent'))
    )
    op.create_table('roll_strike',
    sa.Column('roll_id', sa.Uuid(), nullable=False),
    sa.Column('voter_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('document', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['roll_id', 'voter_id'], ['roll_entry.roll_id', 'roll_entry.voter_id'], name=op.f('fk_roll_strike_roll_id_voter_id')),
    sa.PrimaryKeyConstraint('roll_id', 'voter_id', name=op.f('pk_roll_strike')),
    sa.UniqueConstraint('roll_id', 'number', name=op.f('uq_roll_strike_roll_id_number'))
    )
    op.create_table('scrutin_suspension',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('incident', sa.String(length=1000), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_suspension_scrutin_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scrutin_suspension'))
    )
    op.create_index(op.f('ix_scrutin_suspension_scrutin_id'), 'scrutin_suspension', ['scrutin_id'], unique=False)
    op.create_table('scrutin_resumption',
    sa.Column('suspension_id', sa.Uuid(), nullable=False),
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_resumption_scrutin_id')),
    sa.ForeignKeyConstraint(['suspension_id'], ['scrutin_suspension.id'], name=op.f('fk_scrutin_resumption_suspension_id')),
    sa.PrimaryKeyConstraint('suspension_id', name=op.f('pk_scrutin_resumption'))
    )
    op.create_index(op.f('ix_scrutin_resumption_scrutin_id'), 'scrutin_resumption', ['scrutin_id'], unique=False)
    op.create_table('scrutin_annulment',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('document', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_annulment_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', name=op.f('pk_scrutin_annulment'))
    )
    for statement in AFTER_SEAL[op.get_bind().dialect.name]:
        op.execute(statement)


def _before_seal() -> None:
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    for _table, name in () if is_postgresql else HALTED:
        op.execute(f'DROP TRIGGER {name}')
    op.execute('DROP TRIGGER scrutin_step_not_suspended' + (' ON scrutin_step' if is_postgresql else ''))
    first = op.get_context().script.get_revision('0001').module
    for statement in first.TRIGGERS['postgresql'] if is_postgresql else ():
        if statement.startswith('CREATE OR REPLACE FUNCTION coopgov_closed_urn()'):
            op.execute(statement)
    for table in ('scrutin_annulment', 'scrutin_resumption', 'scrutin_suspension', 'roll_strike', 'reminder_sent', 'reminder_plan', 'roll_answer', 'roll_dispute', 'roll_opening'):
        op.drop_table(table)
    for function in FUNCTIONS if is_postgresql else ():
        op.execute(f'DROP FUNCTION {function}()')

# --- end of after the seal


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Each ballot cast remotely locked the row of its assembly through it.
        op.drop_constraint("fk_remote_presence_assembly_id", "remote_presence", type_="foreignkey")
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
    op.create_table('paper_typed',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('length(content) BETWEEN 2 AND 110', name=op.f('ck_paper_typed_as_long_as_a_paper')),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_paper_typed_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', 'number', 'by', name=op.f('pk_paper_typed'))
    )
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
    op.create_table('voter_code',
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_voter_code_assembly_id')),
    sa.PrimaryKeyConstraint('assembly_id', 'member_id', name=op.f('pk_voter_code'))
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
    _after_seal()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_remote_presence_assembly_id", "remote_presence", "assembly", ["assembly_id"], ["id"]
        )
    _before_seal()
    op.drop_column('agenda_item', 'form')
    for table in ('voter_code', 'paper_typed', 'urn_marked', 'scrutin_form', 'scrutin_archive', 'ballot_marked'):
        op.drop_table(table)
