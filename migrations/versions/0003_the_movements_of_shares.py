"""The movements of shares

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a table rebuilt on SQLite would lose its triggers.
    op.add_column('share_tx', sa.Column('late_for', sa.Date(), nullable=True))
    _add_requests()
    _add_closes()
    for statement in SHARE_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for trigger, table in GUARDS_OF_OLD_TABLES:
        _drop_guard(trigger, table)
    for trigger, table in GUARDS_OF_NEW_TABLES:
        _drop_guard(trigger, table)
    op.drop_table('two_person_rule')
    op.drop_table('period_close')
    op.drop_table('share_request')
    op.drop_column('share_tx', 'late_for')


def _drop_guard(trigger: str, table: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'DROP TRIGGER {trigger}')
        return
    op.execute(f'DROP TRIGGER {trigger} ON {table}')
    op.execute(f'DROP FUNCTION {trigger}()')


def _add_requests() -> None:
    op.create_table('share_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('refund', 'transfer', 'inherit', 'convert', 'reversal', name='requestkind', native_enum=False, length=40), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'accepted', 'refused', 'executed', 'withdrawn', name='requeststate', native_enum=False, length=40), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('to_membership_id', sa.Uuid(), nullable=True),
    sa.Column('class_id', sa.Uuid(), nullable=True),
    sa.Column('to_class_id', sa.Uuid(), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('lots', sa.Text(), nullable=False),
    sa.Column('reverses_seq', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=40), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('earliest_on', sa.Date(), nullable=False),
    sa.Column('resolution', sa.String(length=200), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('drafted_by', sa.String(length=80), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.String(length=80), nullable=True),
    sa.Column('executed_tx', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("quantity > 0 OR kind = 'reversal'", name=op.f('ck_share_request_quantity')),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name=op.f('ck_share_request_reversal')),
    sa.CheckConstraint('approved_by IS NULL OR approved_by <> drafted_by', name=op.f('ck_share_request_two_persons')),
    sa.CheckConstraint("(state = 'executed') = (executed_tx IS NOT NULL)", name=op.f('ck_share_request_executed')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_share_request_membership_id')),
    sa.ForeignKeyConstraint(['to_membership_id'], ['membership.id'], name=op.f('fk_share_request_to_membership_id')),
    sa.ForeignKeyConstraint(['class_id'], ['share_class.id'], name=op.f('fk_share_request_class_id')),
    sa.ForeignKeyConstraint(['to_class_id'], ['share_class.id'], name=op.f('fk_share_request_to_class_id')),
    sa.ForeignKeyConstraint(['reverses_seq'], ['share_tx.seq'], name=op.f('fk_share_request_reverses_seq')),
    sa.ForeignKeyConstraint(['executed_tx'], ['share_tx.seq'], name=op.f('fk_share_request_executed_tx')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_request')),
    sa.UniqueConstraint('executed_tx', name=op.f('uq_share_request_executed_tx'))
    )
    op.create_index('ix_share_request_state', 'share_request', ['state', 'asked_on', 'id'], unique=False)
    op.create_index('ix_share_request_membership_id', 'share_request', ['membership_id', 'asked_on'], unique=False)


def _add_closes() -> None:
    op.create_table('period_close',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('register', 'year', name='closekind', native_enum=False, length=40), nullable=False),
    sa.Column('through_date', sa.Date(), nullable=False),
    sa.Column('share_seq', sa.Integer(), nullable=False),
    sa.Column('share_hash', sa.String(length=64), nullable=False),
    sa.Column('capital_seq', sa.Integer(), nullable=False),
    sa.Column('capital_hash', sa.String(length=64), nullable=False),
    sa.Column('journal_size', sa.BigInteger(), nullable=False),
    sa.Column('journal_head', sa.String(length=64), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_by', sa.String(length=80), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period_close')),
    sa.UniqueConstraint('kind', 'through_date', name=op.f('uq_period_close_kind_through_date')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('two_person_rule',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('book', sa.Enum('share', 'capital', name='bookname', native_enum=False, length=40), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('is_needed', sa.Boolean(), nullable=False),
    sa.Column('decision', sa.String(length=300), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_two_person_rule')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_index('ix_two_person_rule_book', 'two_person_rule', ['book', 'kind', 'from_date'], unique=False)


# What the database refuses by itself: closed periods, one person alone, undecided movements, legs of another form.
SHARE_TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER share_tx_closed BEFORE INSERT ON share_tx WHEN (NEW.seq IS NOT NULL) AND (NEW.effective_on <= (SELECT max(through_date) FROM period_close)) BEGIN SELECT RAISE(ABORT, 'share_tx: the register of that day is closed'); END",
        "CREATE TRIGGER share_tx_late BEFORE INSERT ON share_tx WHEN (NEW.late_for IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM (SELECT max(through_date) AS day FROM period_close) c WHERE c.day >= NEW.late_for AND date(c.day, '+1 day') = NEW.effective_on)) BEGIN SELECT RAISE(ABORT, 'share_tx: a late line takes the first open day'); END",
        "CREATE TRIGGER share_tx_two_persons BEFORE INSERT ON share_tx WHEN (NEW.kind IS NOT NULL) AND (coalesce(NEW.approved_by = NEW.recorded_by, NEW.approved_by IS NULL AND coalesce((SELECT r.is_needed FROM two_person_rule r WHERE r.book = 'share' AND r.kind = NEW.kind AND r.from_date <= NEW.recorded_at ORDER BY r.from_date DESC, r.id DESC LIMIT 1), false))) BEGIN SELECT RAISE(ABORT, 'share_tx: another person approves it'); END",
        "CREATE TRIGGER share_tx_decided BEFORE INSERT ON share_tx WHEN (NEW.kind IN ('redeem', 'transfer', 'inherit', 'convert', 'split', 'nominal_change')) AND (trim(NEW.resolution) = '') BEGIN SELECT RAISE(ABORT, 'share_tx: it needs a decision'); END",
        "CREATE TRIGGER share_leg_price BEFORE INSERT ON share_leg WHEN (NEW.line IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = NEW.lot_id AND o.class_id = NEW.class_id AND o.issue_unit_cents = NEW.unit_cents)) BEGIN SELECT RAISE(ABORT, 'share_leg: a share has the price of its lot'); END",
        "CREATE TRIGGER share_leg_form AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND (EXISTS (SELECT 1 FROM share_tx t WHERE t.seq = NEW.tx_seq AND t.kind <> 'reversal' AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.lot_id HAVING sum(l.qty) <> 0) OR t.kind IN ('subscribe', 'opening') AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') <> (l.qty > 0)) OR t.kind = 'redeem' AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') = (l.qty > 0)) OR t.kind IN ('transfer', 'inherit') AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'issuer') OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.membership_id HAVING min(l.qty) < 0 AND max(l.qty) > 0)) OR CASE WHEN t.kind IN ('transfer', 'inherit') THEN 2 ELSE 1 END <> (SELECT count(DISTINCT l.membership_id) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') OR t.kind = 'split' AND (SELECT sum(l.qty * l.unit_cents) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind = 'nominal_change' AND (SELECT sum(l.qty) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind IN ('split', 'nominal_change') AND (SELECT count(DISTINCT l.class_id) FROM share_leg l WHERE l.tx_seq = t.seq) <> 1 OR t.kind = 'convert' AND NOT coalesce((SELECT sum(l.qty * l.unit_cents) <= 0 AND sum(l.qty * l.unit_cents) > -min(CASE WHEN l.qty > 0 THEN l.unit_cents END) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder'), false) OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND t.kind IN ('subscribe', 'opening', 'convert', 'split', 'nominal_change') AND l.account = 'holder' AND l.qty > 0 AND NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = l.lot_id AND o.opened_by_tx = t.seq AND (t.kind <> 'subscribe' OR o.first_acquired_on = coalesce(t.late_for, t.effective_on)) AND (t.kind IN ('subscribe', 'opening') OR EXISTS (SELECT 1 FROM share_leg g WHERE g.tx_seq = t.seq AND g.lot_id = o.parent_lot_id AND g.account = 'holder' AND g.qty < 0))))))) BEGIN SELECT RAISE(ABORT, 'share_leg: the legs are not those of this kind'); END",
        "CREATE TRIGGER share_leg_standing AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND (EXISTS (SELECT 1 FROM share_tx t JOIN share_leg l ON l.tx_seq = t.seq WHERE t.seq = NEW.tx_seq AND l.account = 'holder' AND (t.kind IN ('subscribe', 'transfer', 'inherit') AND l.qty > 0 AND NOT (t.kind = 'subscribe' AND t.reason_code = 'conditional_on_admission' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') = 'candidate') AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'member' OR t.kind = 'redeem' AND t.reason_code <> 'reduction' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'former'))) BEGIN SELECT RAISE(ABORT, 'share_leg: who holds or leaves is not one on that day'); END",
        "CREATE TRIGGER share_lot_origin BEFORE INSERT ON share_lot WHEN (NEW.id IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM share_tx t WHERE t.seq = NEW.opened_by_tx AND NEW.first_acquired_on <= coalesce(t.late_for, t.effective_on) AND (NEW.parent_lot_id IS NULL AND t.kind IN ('subscribe', 'opening') OR t.kind IN ('convert', 'split', 'nominal_change') AND EXISTS (SELECT 1 FROM share_lot p WHERE p.id = NEW.parent_lot_id AND p.first_acquired_on = NEW.first_acquired_on)))) BEGIN SELECT RAISE(ABORT, 'share_lot: a lot keeps its first day'); END",
        "CREATE TRIGGER period_close_no_update BEFORE UPDATE ON period_close BEGIN SELECT RAISE(ABORT, 'period_close is append-only'); END",
        "CREATE TRIGGER period_close_no_delete BEFORE DELETE ON period_close BEGIN SELECT RAISE(ABORT, 'period_close is append-only'); END",
        "CREATE TRIGGER period_close_heads BEFORE INSERT ON period_close WHEN (NEW.id IS NOT NULL) AND (NEW.through_date < (SELECT max(through_date) FROM period_close) OR NEW.share_seq <> coalesce((SELECT max(seq) FROM share_tx), 0) OR NEW.share_seq > 0 AND NEW.share_hash <> (SELECT hash FROM share_tx WHERE seq = NEW.share_seq) OR NEW.capital_seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) OR NEW.capital_seq > 0 AND NEW.capital_hash <> (SELECT hash FROM capital_tx WHERE seq = NEW.capital_seq)) BEGIN SELECT RAISE(ABORT, 'period_close: it tells the heads there are'); END",
        "CREATE TRIGGER two_person_rule_no_update BEFORE UPDATE ON two_person_rule BEGIN SELECT RAISE(ABORT, 'two_person_rule is append-only'); END",
        "CREATE TRIGGER two_person_rule_no_delete BEFORE DELETE ON two_person_rule BEGIN SELECT RAISE(ABORT, 'two_person_rule is append-only'); END",
    ],
    'postgresql': [
        "CREATE OR REPLACE FUNCTION share_tx_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.seq IS NOT NULL THEN IF NEW.effective_on <= (SELECT max(through_date) FROM period_close) THEN RAISE EXCEPTION 'share_tx: the register of that day is closed'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_tx_closed BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_closed()',
        "CREATE OR REPLACE FUNCTION share_tx_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.late_for IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM (SELECT max(through_date) AS day FROM period_close) c WHERE c.day >= NEW.late_for AND c.day + 1 = NEW.effective_on) THEN RAISE EXCEPTION 'share_tx: a late line takes the first open day'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_tx_late BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_late()',
        "CREATE OR REPLACE FUNCTION share_tx_two_persons() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind IS NOT NULL THEN IF coalesce(NEW.approved_by = NEW.recorded_by, NEW.approved_by IS NULL AND coalesce((SELECT r.is_needed FROM two_person_rule r WHERE r.book = 'share' AND r.kind = NEW.kind AND r.from_date <= NEW.recorded_at ORDER BY r.from_date DESC, r.id DESC LIMIT 1), false)) THEN RAISE EXCEPTION 'share_tx: another person approves it'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_tx_two_persons BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_two_persons()',
        "CREATE OR REPLACE FUNCTION share_tx_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind IN ('redeem', 'transfer', 'inherit', 'convert', 'split', 'nominal_change') THEN IF trim(NEW.resolution) = '' THEN RAISE EXCEPTION 'share_tx: it needs a decision'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_tx_decided BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_decided()',
        "CREATE OR REPLACE FUNCTION share_leg_price() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = NEW.lot_id AND o.class_id = NEW.class_id AND o.issue_unit_cents = NEW.unit_cents) THEN RAISE EXCEPTION 'share_leg: a share has the price of its lot'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_leg_price BEFORE INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_price()',
        "CREATE OR REPLACE FUNCTION share_leg_form() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF EXISTS (SELECT 1 FROM share_tx t WHERE t.seq = NEW.tx_seq AND t.kind <> 'reversal' AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.lot_id HAVING sum(l.qty) <> 0) OR t.kind IN ('subscribe', 'opening') AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') <> (l.qty > 0)) OR t.kind = 'redeem' AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') = (l.qty > 0)) OR t.kind IN ('transfer', 'inherit') AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'issuer') OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.membership_id HAVING min(l.qty) < 0 AND max(l.qty) > 0)) OR CASE WHEN t.kind IN ('transfer', 'inherit') THEN 2 ELSE 1 END <> (SELECT count(DISTINCT l.membership_id) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') OR t.kind = 'split' AND (SELECT sum(l.qty * l.unit_cents) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind = 'nominal_change' AND (SELECT sum(l.qty) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind IN ('split', 'nominal_change') AND (SELECT count(DISTINCT l.class_id) FROM share_leg l WHERE l.tx_seq = t.seq) <> 1 OR t.kind = 'convert' AND NOT coalesce((SELECT sum(l.qty * l.unit_cents) <= 0 AND sum(l.qty * l.unit_cents) > -min(CASE WHEN l.qty > 0 THEN l.unit_cents END) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder'), false) OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND t.kind IN ('subscribe', 'opening', 'convert', 'split', 'nominal_change') AND l.account = 'holder' AND l.qty > 0 AND NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = l.lot_id AND o.opened_by_tx = t.seq AND (t.kind <> 'subscribe' OR o.first_acquired_on = coalesce(t.late_for, t.effective_on)) AND (t.kind IN ('subscribe', 'opening') OR EXISTS (SELECT 1 FROM share_leg g WHERE g.tx_seq = t.seq AND g.lot_id = o.parent_lot_id AND g.account = 'holder' AND g.qty < 0)))))) THEN RAISE EXCEPTION 'share_leg: the legs are not those of this kind'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_leg_form AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_form()',
        "CREATE OR REPLACE FUNCTION share_leg_standing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF EXISTS (SELECT 1 FROM share_tx t JOIN share_leg l ON l.tx_seq = t.seq WHERE t.seq = NEW.tx_seq AND l.account = 'holder' AND (t.kind IN ('subscribe', 'transfer', 'inherit') AND l.qty > 0 AND NOT (t.kind = 'subscribe' AND t.reason_code = 'conditional_on_admission' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') = 'candidate') AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'member' OR t.kind = 'redeem' AND t.reason_code <> 'reduction' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'former')) THEN RAISE EXCEPTION 'share_leg: who holds or leaves is not one on that day'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_leg_standing AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_standing()',
        "CREATE OR REPLACE FUNCTION share_lot_origin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM share_tx t WHERE t.seq = NEW.opened_by_tx AND NEW.first_acquired_on <= coalesce(t.late_for, t.effective_on) AND (NEW.parent_lot_id IS NULL AND t.kind IN ('subscribe', 'opening') OR t.kind IN ('convert', 'split', 'nominal_change') AND EXISTS (SELECT 1 FROM share_lot p WHERE p.id = NEW.parent_lot_id AND p.first_acquired_on = NEW.first_acquired_on))) THEN RAISE EXCEPTION 'share_lot: a lot keeps its first day'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_lot_origin BEFORE INSERT ON share_lot FOR EACH ROW EXECUTE FUNCTION share_lot_origin()',
        'CREATE TRIGGER period_close_no_update BEFORE UPDATE ON period_close FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER period_close_no_delete BEFORE DELETE OR TRUNCATE ON period_close FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION period_close_heads() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id IS NOT NULL THEN IF NEW.through_date < (SELECT max(through_date) FROM period_close) OR NEW.share_seq <> coalesce((SELECT max(seq) FROM share_tx), 0) OR NEW.share_seq > 0 AND NEW.share_hash <> (SELECT hash FROM share_tx WHERE seq = NEW.share_seq) OR NEW.capital_seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) OR NEW.capital_seq > 0 AND NEW.capital_hash <> (SELECT hash FROM capital_tx WHERE seq = NEW.capital_seq) THEN RAISE EXCEPTION 'period_close: it tells the heads there are'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER period_close_heads BEFORE INSERT ON period_close FOR EACH ROW EXECUTE FUNCTION period_close_heads()',
        'CREATE TRIGGER two_person_rule_no_update BEFORE UPDATE ON two_person_rule FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER two_person_rule_no_delete BEFORE DELETE OR TRUNCATE ON two_person_rule FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
    ],
}
# On tables that stay when this is undone.
GUARDS_OF_OLD_TABLES = (
    ('share_tx_closed', 'share_tx'),
    ('share_tx_late', 'share_tx'),
    ('share_tx_two_persons', 'share_tx'),
    ('share_tx_decided', 'share_tx'),
    ('share_leg_price', 'share_leg'),
    ('share_leg_form', 'share_leg'),
    ('share_leg_standing', 'share_leg'),
    ('share_lot_origin', 'share_lot'),
)
GUARDS_OF_NEW_TABLES = (('period_close_heads', 'period_close'),)
