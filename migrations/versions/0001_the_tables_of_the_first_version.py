"""The tables of the first version

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
Write the new revision into migrations/HEAD.
"""

import re

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# What the database itself refuses: written here as it is in the models, compared by a test.
TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER journal_payload_no_update BEFORE UPDATE ON journal_payload BEGIN SELECT RAISE(ABORT, 'journal_payload is append-only'); END",
        "CREATE TRIGGER journal_line_no_update BEFORE UPDATE ON journal_line BEGIN SELECT RAISE(ABORT, 'journal_line is append-only'); END",
        "CREATE TRIGGER journal_line_no_delete BEFORE DELETE ON journal_line BEGIN SELECT RAISE(ABORT, 'journal_line is append-only'); END",
        "CREATE TRIGGER outbox_message_no_update BEFORE UPDATE ON outbox_message BEGIN SELECT RAISE(ABORT, 'outbox_message is append-only'); END",
        "CREATE TRIGGER outbox_message_no_delete BEFORE DELETE ON outbox_message BEGIN SELECT RAISE(ABORT, 'outbox_message is append-only'); END",
        "CREATE TRIGGER issued_document_no_update BEFORE UPDATE ON issued_document BEGIN SELECT RAISE(ABORT, 'issued_document is append-only'); END",
        "CREATE TRIGGER issued_document_no_delete BEFORE DELETE ON issued_document BEGIN SELECT RAISE(ABORT, 'issued_document is append-only'); END",
        "CREATE TRIGGER statutes_no_update BEFORE UPDATE ON statutes BEGIN SELECT RAISE(ABORT, 'statutes is append-only'); END",
        "CREATE TRIGGER statutes_no_delete BEFORE DELETE ON statutes BEGIN SELECT RAISE(ABORT, 'statutes is append-only'); END",
        "CREATE TRIGGER roll_no_update BEFORE UPDATE ON roll BEGIN SELECT RAISE(ABORT, 'roll is append-only'); END",
        "CREATE TRIGGER roll_no_delete BEFORE DELETE ON roll BEGIN SELECT RAISE(ABORT, 'roll is append-only'); END",
        "CREATE TRIGGER ballot_named_no_update BEFORE UPDATE ON ballot_named BEGIN SELECT RAISE(ABORT, 'ballot_named is append-only'); END",
        "CREATE TRIGGER ballot_named_no_delete BEFORE DELETE ON ballot_named BEGIN SELECT RAISE(ABORT, 'ballot_named is append-only'); END",
        "CREATE TRIGGER ballot_named_closed_urn BEFORE INSERT ON ballot_named WHEN EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled')) BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER scheduled_change_no_update BEFORE UPDATE ON scheduled_change BEGIN SELECT RAISE(ABORT, 'scheduled_change is append-only'); END",
        "CREATE TRIGGER scheduled_change_no_delete BEFORE DELETE ON scheduled_change BEGIN SELECT RAISE(ABORT, 'scheduled_change is append-only'); END",
        "CREATE TRIGGER share_tx_no_update BEFORE UPDATE ON share_tx BEGIN SELECT RAISE(ABORT, 'share_tx is append-only'); END",
        "CREATE TRIGGER share_tx_no_delete BEFORE DELETE ON share_tx BEGIN SELECT RAISE(ABORT, 'share_tx is append-only'); END",
        "CREATE TRIGGER share_tx_in_order BEFORE INSERT ON share_tx WHEN (NEW.seq IS NOT NULL) AND (NEW.seq <> coalesce((SELECT max(seq) FROM share_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM share_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000')) BEGIN SELECT RAISE(ABORT, 'share_tx: the next line follows the last one'); END",
        "CREATE TRIGGER share_tx_reversal BEFORE INSERT ON share_tx WHEN (NEW.reverses_seq IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM share_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs)) BEGIN SELECT RAISE(ABORT, 'share_tx: a reversal undoes an earlier first-hand line'); END",
        "CREATE TRIGGER minutes_no_update BEFORE UPDATE ON minutes BEGIN SELECT RAISE(ABORT, 'minutes is append-only'); END",
        "CREATE TRIGGER minutes_no_delete BEFORE DELETE ON minutes BEGIN SELECT RAISE(ABORT, 'minutes is append-only'); END",
        "CREATE TRIGGER outbox_delivery_no_update BEFORE UPDATE ON outbox_delivery BEGIN SELECT RAISE(ABORT, 'outbox_delivery is append-only'); END",
        "CREATE TRIGGER outbox_delivery_no_delete BEFORE DELETE ON outbox_delivery BEGIN SELECT RAISE(ABORT, 'outbox_delivery is append-only'); END",
        "CREATE TRIGGER rendered_document_no_update BEFORE UPDATE ON rendered_document BEGIN SELECT RAISE(ABORT, 'rendered_document is append-only'); END",
        "CREATE TRIGGER rendered_document_no_delete BEFORE DELETE ON rendered_document BEGIN SELECT RAISE(ABORT, 'rendered_document is append-only'); END",
        "CREATE TRIGGER role_mandate_no_update BEFORE UPDATE ON role_mandate BEGIN SELECT RAISE(ABORT, 'role_mandate is append-only'); END",
        "CREATE TRIGGER role_mandate_no_delete BEFORE DELETE ON role_mandate BEGIN SELECT RAISE(ABORT, 'role_mandate is append-only'); END",
        "CREATE TRIGGER assembly_officer_no_update BEFORE UPDATE ON assembly_officer BEGIN SELECT RAISE(ABORT, 'assembly_officer is append-only'); END",
        "CREATE TRIGGER assembly_officer_no_delete BEFORE DELETE ON assembly_officer BEGIN SELECT RAISE(ABORT, 'assembly_officer is append-only'); END",
        "CREATE TRIGGER convocation_no_update BEFORE UPDATE ON convocation BEGIN SELECT RAISE(ABORT, 'convocation is append-only'); END",
        "CREATE TRIGGER convocation_no_delete BEFORE DELETE ON convocation BEGIN SELECT RAISE(ABORT, 'convocation is append-only'); END",
        "CREATE TRIGGER proxy_no_delete BEFORE DELETE ON proxy BEGIN SELECT RAISE(ABORT, 'proxy is append-only'); END",
        "CREATE TRIGGER attendance_event_no_update BEFORE UPDATE ON attendance_event BEGIN SELECT RAISE(ABORT, 'attendance_event is append-only'); END",
        "CREATE TRIGGER attendance_event_no_delete BEFORE DELETE ON attendance_event BEGIN SELECT RAISE(ABORT, 'attendance_event is append-only'); END",
        "CREATE TRIGGER remote_presence_no_update BEFORE UPDATE ON remote_presence BEGIN SELECT RAISE(ABORT, 'remote_presence is append-only'); END",
        "CREATE TRIGGER remote_presence_no_delete BEFORE DELETE ON remote_presence BEGIN SELECT RAISE(ABORT, 'remote_presence is append-only'); END",
        "CREATE TRIGGER assembly_incident_no_update BEFORE UPDATE ON assembly_incident BEGIN SELECT RAISE(ABORT, 'assembly_incident is append-only'); END",
        "CREATE TRIGGER assembly_incident_no_delete BEFORE DELETE ON assembly_incident BEGIN SELECT RAISE(ABORT, 'assembly_incident is append-only'); END",
        "CREATE TRIGGER statutes_figure_no_update BEFORE UPDATE ON statutes_figure BEGIN SELECT RAISE(ABORT, 'statutes_figure is append-only'); END",
        "CREATE TRIGGER statutes_figure_no_delete BEFORE DELETE ON statutes_figure BEGIN SELECT RAISE(ABORT, 'statutes_figure is append-only'); END",
        "CREATE TRIGGER statutes_college_no_update BEFORE UPDATE ON statutes_college BEGIN SELECT RAISE(ABORT, 'statutes_college is append-only'); END",
        "CREATE TRIGGER statutes_college_no_delete BEFORE DELETE ON statutes_college BEGIN SELECT RAISE(ABORT, 'statutes_college is append-only'); END",
        "CREATE TRIGGER roll_entry_no_update BEFORE UPDATE ON roll_entry BEGIN SELECT RAISE(ABORT, 'roll_entry is append-only'); END",
        "CREATE TRIGGER roll_entry_no_delete BEFORE DELETE ON roll_entry BEGIN SELECT RAISE(ABORT, 'roll_entry is append-only'); END",
        "CREATE TRIGGER scrutin_no_update BEFORE UPDATE ON scrutin BEGIN SELECT RAISE(ABORT, 'scrutin is append-only'); END",
        "CREATE TRIGGER scrutin_no_delete BEFORE DELETE ON scrutin BEGIN SELECT RAISE(ABORT, 'scrutin is append-only'); END",
        "CREATE TRIGGER proposal_version_no_update BEFORE UPDATE ON proposal_version BEGIN SELECT RAISE(ABORT, 'proposal_version is append-only'); END",
        "CREATE TRIGGER proposal_version_no_delete BEFORE DELETE ON proposal_version BEGIN SELECT RAISE(ABORT, 'proposal_version is append-only'); END",
        "CREATE TRIGGER proposal_step_no_update BEFORE UPDATE ON proposal_step BEGIN SELECT RAISE(ABORT, 'proposal_step is append-only'); END",
        "CREATE TRIGGER proposal_step_no_delete BEFORE DELETE ON proposal_step BEGIN SELECT RAISE(ABORT, 'proposal_step is append-only'); END",
        "CREATE TRIGGER proposal_comment_no_update BEFORE UPDATE ON proposal_comment BEGIN SELECT RAISE(ABORT, 'proposal_comment is append-only'); END",
        "CREATE TRIGGER proposal_comment_no_delete BEFORE DELETE ON proposal_comment BEGIN SELECT RAISE(ABORT, 'proposal_comment is append-only'); END",
        "CREATE TRIGGER scheduled_value_no_update BEFORE UPDATE ON scheduled_value BEGIN SELECT RAISE(ABORT, 'scheduled_value is append-only'); END",
        "CREATE TRIGGER scheduled_value_no_delete BEFORE DELETE ON scheduled_value BEGIN SELECT RAISE(ABORT, 'scheduled_value is append-only'); END",
        "CREATE TRIGGER change_step_no_update BEFORE UPDATE ON change_step BEGIN SELECT RAISE(ABORT, 'change_step is append-only'); END",
        "CREATE TRIGGER change_step_no_delete BEFORE DELETE ON change_step BEGIN SELECT RAISE(ABORT, 'change_step is append-only'); END",
        "CREATE TRIGGER parameter_version_no_update BEFORE UPDATE ON parameter_version BEGIN SELECT RAISE(ABORT, 'parameter_version is append-only'); END",
        "CREATE TRIGGER parameter_version_no_delete BEFORE DELETE ON parameter_version BEGIN SELECT RAISE(ABORT, 'parameter_version is append-only'); END",
        "CREATE TRIGGER share_class_nominal_no_update BEFORE UPDATE ON share_class_nominal BEGIN SELECT RAISE(ABORT, 'share_class_nominal is append-only'); END",
        "CREATE TRIGGER share_class_nominal_no_delete BEFORE DELETE ON share_class_nominal BEGIN SELECT RAISE(ABORT, 'share_class_nominal is append-only'); END",
        "CREATE TRIGGER share_lot_no_update BEFORE UPDATE ON share_lot BEGIN SELECT RAISE(ABORT, 'share_lot is append-only'); END",
        "CREATE TRIGGER share_lot_no_delete BEFORE DELETE ON share_lot BEGIN SELECT RAISE(ABORT, 'share_lot is append-only'); END",
        "CREATE TRIGGER share_note_no_update BEFORE UPDATE ON share_note BEGIN SELECT RAISE(ABORT, 'share_note is append-only'); END",
        "CREATE TRIGGER minutes_prose_no_update BEFORE UPDATE ON minutes_prose BEGIN SELECT RAISE(ABORT, 'minutes_prose is append-only'); END",
        "CREATE TRIGGER minutes_prose_no_delete BEFORE DELETE ON minutes_prose BEGIN SELECT RAISE(ABORT, 'minutes_prose is append-only'); END",
        "CREATE TRIGGER minutes_approval_no_update BEFORE UPDATE ON minutes_approval BEGIN SELECT RAISE(ABORT, 'minutes_approval is append-only'); END",
        "CREATE TRIGGER minutes_approval_no_delete BEFORE DELETE ON minutes_approval BEGIN SELECT RAISE(ABORT, 'minutes_approval is append-only'); END",
        "CREATE TRIGGER minutes_issue_no_update BEFORE UPDATE ON minutes_issue BEGIN SELECT RAISE(ABORT, 'minutes_issue is append-only'); END",
        "CREATE TRIGGER minutes_issue_no_delete BEFORE DELETE ON minutes_issue BEGIN SELECT RAISE(ABORT, 'minutes_issue is append-only'); END",
        "CREATE TRIGGER capital_tx_no_update BEFORE UPDATE ON capital_tx BEGIN SELECT RAISE(ABORT, 'capital_tx is append-only'); END",
        "CREATE TRIGGER capital_tx_no_delete BEFORE DELETE ON capital_tx BEGIN SELECT RAISE(ABORT, 'capital_tx is append-only'); END",
        "CREATE TRIGGER capital_tx_in_order BEFORE INSERT ON capital_tx WHEN (NEW.seq IS NOT NULL) AND (NEW.seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM capital_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000')) BEGIN SELECT RAISE(ABORT, 'capital_tx: the next line follows the last one'); END",
        "CREATE TRIGGER capital_tx_reversal BEFORE INSERT ON capital_tx WHEN (NEW.reverses_seq IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM capital_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs)) BEGIN SELECT RAISE(ABORT, 'capital_tx: a reversal undoes an earlier first-hand line'); END",
        "CREATE TRIGGER role_mandate_end_no_update BEFORE UPDATE ON role_mandate_end BEGIN SELECT RAISE(ABORT, 'role_mandate_end is append-only'); END",
        "CREATE TRIGGER role_mandate_end_no_delete BEFORE DELETE ON role_mandate_end BEGIN SELECT RAISE(ABORT, 'role_mandate_end is append-only'); END",
        "CREATE TRIGGER scrutin_step_no_update BEFORE UPDATE ON scrutin_step BEGIN SELECT RAISE(ABORT, 'scrutin_step is append-only'); END",
        "CREATE TRIGGER scrutin_step_no_delete BEFORE DELETE ON scrutin_step BEGIN SELECT RAISE(ABORT, 'scrutin_step is append-only'); END",
        "CREATE TRIGGER urn_no_update BEFORE UPDATE ON urn BEGIN SELECT RAISE(ABORT, 'urn is append-only'); END",
        "CREATE TRIGGER urn_no_delete BEFORE DELETE ON urn BEGIN SELECT RAISE(ABORT, 'urn is append-only'); END",
        "CREATE TRIGGER scrutin_tally_no_update BEFORE UPDATE ON scrutin_tally BEGIN SELECT RAISE(ABORT, 'scrutin_tally is append-only'); END",
        "CREATE TRIGGER scrutin_tally_no_delete BEFORE DELETE ON scrutin_tally BEGIN SELECT RAISE(ABORT, 'scrutin_tally is append-only'); END",
        "CREATE TRIGGER scrutin_result_no_update BEFORE UPDATE ON scrutin_result BEGIN SELECT RAISE(ABORT, 'scrutin_result is append-only'); END",
        "CREATE TRIGGER scrutin_result_no_delete BEFORE DELETE ON scrutin_result BEGIN SELECT RAISE(ABORT, 'scrutin_result is append-only'); END",
        "CREATE TRIGGER membership_event_no_update BEFORE UPDATE ON membership_event BEGIN SELECT RAISE(ABORT, 'membership_event is append-only'); END",
        "CREATE TRIGGER membership_event_no_delete BEFORE DELETE ON membership_event BEGIN SELECT RAISE(ABORT, 'membership_event is append-only'); END",
        "CREATE TRIGGER email_consent_no_update BEFORE UPDATE ON email_consent BEGIN SELECT RAISE(ABORT, 'email_consent is append-only'); END",
        "CREATE TRIGGER email_consent_no_delete BEFORE DELETE ON email_consent BEGIN SELECT RAISE(ABORT, 'email_consent is append-only'); END",
        "CREATE TRIGGER proposed_value_no_update BEFORE UPDATE ON proposed_value BEGIN SELECT RAISE(ABORT, 'proposed_value is append-only'); END",
        "CREATE TRIGGER proposed_value_no_delete BEFORE DELETE ON proposed_value BEGIN SELECT RAISE(ABORT, 'proposed_value is append-only'); END",
        "CREATE TRIGGER share_leg_no_update BEFORE UPDATE ON share_leg BEGIN SELECT RAISE(ABORT, 'share_leg is append-only'); END",
        "CREATE TRIGGER share_leg_no_delete BEFORE DELETE ON share_leg BEGIN SELECT RAISE(ABORT, 'share_leg is append-only'); END",
        "CREATE TRIGGER share_leg_sealed BEFORE INSERT ON share_leg WHEN (NEW.line IS NOT NULL) AND (NEW.line < 1 OR NEW.line > (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) BEGIN SELECT RAISE(ABORT, 'share_leg: the transaction has all its legs'); END",
        "CREATE TRIGGER share_leg_balanced AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND ((SELECT count(*) FROM share_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM share_leg WHERE tx_seq = NEW.tx_seq GROUP BY class_id HAVING sum(qty) <> 0)) BEGIN SELECT RAISE(ABORT, 'share_leg: the legs do not add up to zero'); END",
        "CREATE TRIGGER share_leg_exact AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND ((SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM share_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq)) GROUP BY account, membership_id, class_id, lot_id, unit_cents HAVING sum(qty) <> 0)) BEGIN SELECT RAISE(ABORT, 'share_leg: a reversal is exact'); END",
        "CREATE TRIGGER share_leg_never_negative AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND (EXISTS (SELECT 1 FROM (SELECT sum(l.qty) OVER (PARTITION BY l.membership_id, l.lot_id ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, lot_id FROM share_leg WHERE tx_seq = NEW.tx_seq AND qty < 0 AND account = 'holder') t CROSS JOIN share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) r WHERE r.held < 0)) BEGIN SELECT RAISE(ABORT, 'share_leg: a balance would fall below zero'); END",
        "CREATE TRIGGER capital_leg_no_update BEFORE UPDATE ON capital_leg BEGIN SELECT RAISE(ABORT, 'capital_leg is append-only'); END",
        "CREATE TRIGGER capital_leg_no_delete BEFORE DELETE ON capital_leg BEGIN SELECT RAISE(ABORT, 'capital_leg is append-only'); END",
        "CREATE TRIGGER capital_leg_sealed BEFORE INSERT ON capital_leg WHEN (NEW.line IS NOT NULL) AND (NEW.line < 1 OR NEW.line > (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) BEGIN SELECT RAISE(ABORT, 'capital_leg: the transaction has all its legs'); END",
        "CREATE TRIGGER capital_leg_balanced AFTER INSERT ON capital_leg WHEN (NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) AND ((SELECT count(*) FROM capital_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq = NEW.tx_seq GROUP BY tx_seq HAVING sum(cents) <> 0)) BEGIN SELECT RAISE(ABORT, 'capital_leg: the legs do not add up to zero'); END",
        "CREATE TRIGGER capital_leg_exact AFTER INSERT ON capital_leg WHEN (NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) AND ((SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq)) GROUP BY membership_id, bucket HAVING sum(cents) <> 0)) BEGIN SELECT RAISE(ABORT, 'capital_leg: a reversal is exact'); END",
        "CREATE TRIGGER capital_leg_never_negative AFTER INSERT ON capital_leg WHEN (NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) AND (EXISTS (SELECT 1 FROM (SELECT sum(l.cents) OVER (PARTITION BY l.membership_id, l.bucket ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, bucket FROM capital_leg WHERE tx_seq = NEW.tx_seq AND cents < 0 AND bucket IN ('subscribed_uncalled', 'called_unpaid', 'paid_up', 'repayable')) t CROSS JOIN capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) r WHERE r.held < 0)) BEGIN SELECT RAISE(ABORT, 'capital_leg: a balance would fall below zero'); END",
        "CREATE TRIGGER capital_note_no_update BEFORE UPDATE ON capital_note BEGIN SELECT RAISE(ABORT, 'capital_note is append-only'); END",
    ],
    'postgresql': [
        "CREATE OR REPLACE FUNCTION coopgov_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        'CREATE TRIGGER journal_payload_no_update BEFORE UPDATE ON journal_payload FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER journal_line_no_update BEFORE UPDATE ON journal_line FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER journal_line_no_delete BEFORE DELETE OR TRUNCATE ON journal_line FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER outbox_message_no_update BEFORE UPDATE ON outbox_message FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER outbox_message_no_delete BEFORE DELETE OR TRUNCATE ON outbox_message FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER issued_document_no_update BEFORE UPDATE ON issued_document FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER issued_document_no_delete BEFORE DELETE OR TRUNCATE ON issued_document FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER statutes_no_update BEFORE UPDATE ON statutes FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER statutes_no_delete BEFORE DELETE OR TRUNCATE ON statutes FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_no_update BEFORE UPDATE ON roll FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_no_delete BEFORE DELETE OR TRUNCATE ON roll FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER ballot_named_no_update BEFORE UPDATE ON ballot_named FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER ballot_named_no_delete BEFORE DELETE OR TRUNCATE ON ballot_named FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION coopgov_closed_urn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1970433637, hashtext(NEW.scrutin_id::text)); IF EXISTS (SELECT 1 FROM scrutin_step WHERE scrutin_id = NEW.scrutin_id AND step IN ('room_closed', 'cancelled')) THEN RETURN NULL; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER ballot_named_closed_urn BEFORE INSERT ON ballot_named FOR EACH ROW EXECUTE FUNCTION coopgov_closed_urn()',
        'CREATE TRIGGER scheduled_change_no_update BEFORE UPDATE ON scheduled_change FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scheduled_change_no_delete BEFORE DELETE OR TRUNCATE ON scheduled_change FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_tx_no_update BEFORE UPDATE ON share_tx FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_tx_no_delete BEFORE DELETE OR TRUNCATE ON share_tx FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION share_tx_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.seq IS NOT NULL THEN IF NEW.seq <> coalesce((SELECT max(seq) FROM share_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM share_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000') THEN RAISE EXCEPTION 'share_tx: the next line follows the last one'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_tx_in_order BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_in_order()',
        "CREATE OR REPLACE FUNCTION share_tx_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reverses_seq IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM share_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs) THEN RAISE EXCEPTION 'share_tx: a reversal undoes an earlier first-hand line'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_tx_reversal BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_reversal()',
        'CREATE TRIGGER minutes_no_update BEFORE UPDATE ON minutes FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER minutes_no_delete BEFORE DELETE OR TRUNCATE ON minutes FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER outbox_delivery_no_update BEFORE UPDATE ON outbox_delivery FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER outbox_delivery_no_delete BEFORE DELETE OR TRUNCATE ON outbox_delivery FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER rendered_document_no_update BEFORE UPDATE ON rendered_document FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER rendered_document_no_delete BEFORE DELETE OR TRUNCATE ON rendered_document FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER role_mandate_no_update BEFORE UPDATE ON role_mandate FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER role_mandate_no_delete BEFORE DELETE OR TRUNCATE ON role_mandate FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER assembly_officer_no_update BEFORE UPDATE ON assembly_officer FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER assembly_officer_no_delete BEFORE DELETE OR TRUNCATE ON assembly_officer FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER convocation_no_update BEFORE UPDATE ON convocation FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER convocation_no_delete BEFORE DELETE OR TRUNCATE ON convocation FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proxy_no_delete BEFORE DELETE OR TRUNCATE ON proxy FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER attendance_event_no_update BEFORE UPDATE ON attendance_event FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER attendance_event_no_delete BEFORE DELETE OR TRUNCATE ON attendance_event FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER remote_presence_no_update BEFORE UPDATE ON remote_presence FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER remote_presence_no_delete BEFORE DELETE OR TRUNCATE ON remote_presence FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER assembly_incident_no_update BEFORE UPDATE ON assembly_incident FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER assembly_incident_no_delete BEFORE DELETE OR TRUNCATE ON assembly_incident FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER statutes_figure_no_update BEFORE UPDATE ON statutes_figure FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER statutes_figure_no_delete BEFORE DELETE OR TRUNCATE ON statutes_figure FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER statutes_college_no_update BEFORE UPDATE ON statutes_college FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER statutes_college_no_delete BEFORE DELETE OR TRUNCATE ON statutes_college FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_entry_no_update BEFORE UPDATE ON roll_entry FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER roll_entry_no_delete BEFORE DELETE OR TRUNCATE ON roll_entry FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_no_update BEFORE UPDATE ON scrutin FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_no_delete BEFORE DELETE OR TRUNCATE ON scrutin FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposal_version_no_update BEFORE UPDATE ON proposal_version FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposal_version_no_delete BEFORE DELETE OR TRUNCATE ON proposal_version FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposal_step_no_update BEFORE UPDATE ON proposal_step FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposal_step_no_delete BEFORE DELETE OR TRUNCATE ON proposal_step FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposal_comment_no_update BEFORE UPDATE ON proposal_comment FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposal_comment_no_delete BEFORE DELETE OR TRUNCATE ON proposal_comment FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scheduled_value_no_update BEFORE UPDATE ON scheduled_value FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scheduled_value_no_delete BEFORE DELETE OR TRUNCATE ON scheduled_value FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER change_step_no_update BEFORE UPDATE ON change_step FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER change_step_no_delete BEFORE DELETE OR TRUNCATE ON change_step FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER parameter_version_no_update BEFORE UPDATE ON parameter_version FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER parameter_version_no_delete BEFORE DELETE OR TRUNCATE ON parameter_version FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_class_nominal_no_update BEFORE UPDATE ON share_class_nominal FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_class_nominal_no_delete BEFORE DELETE OR TRUNCATE ON share_class_nominal FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_lot_no_update BEFORE UPDATE ON share_lot FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_lot_no_delete BEFORE DELETE OR TRUNCATE ON share_lot FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_note_no_update BEFORE UPDATE ON share_note FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER minutes_prose_no_update BEFORE UPDATE ON minutes_prose FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER minutes_prose_no_delete BEFORE DELETE OR TRUNCATE ON minutes_prose FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER minutes_approval_no_update BEFORE UPDATE ON minutes_approval FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER minutes_approval_no_delete BEFORE DELETE OR TRUNCATE ON minutes_approval FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER minutes_issue_no_update BEFORE UPDATE ON minutes_issue FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER minutes_issue_no_delete BEFORE DELETE OR TRUNCATE ON minutes_issue FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER capital_tx_no_update BEFORE UPDATE ON capital_tx FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER capital_tx_no_delete BEFORE DELETE OR TRUNCATE ON capital_tx FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION capital_tx_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.seq IS NOT NULL THEN IF NEW.seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM capital_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000') THEN RAISE EXCEPTION 'capital_tx: the next line follows the last one'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER capital_tx_in_order BEFORE INSERT ON capital_tx FOR EACH ROW EXECUTE FUNCTION capital_tx_in_order()',
        "CREATE OR REPLACE FUNCTION capital_tx_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reverses_seq IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM capital_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs) THEN RAISE EXCEPTION 'capital_tx: a reversal undoes an earlier first-hand line'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER capital_tx_reversal BEFORE INSERT ON capital_tx FOR EACH ROW EXECUTE FUNCTION capital_tx_reversal()',
        'CREATE TRIGGER role_mandate_end_no_update BEFORE UPDATE ON role_mandate_end FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER role_mandate_end_no_delete BEFORE DELETE OR TRUNCATE ON role_mandate_end FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_step_no_update BEFORE UPDATE ON scrutin_step FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_step_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_step FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER urn_no_update BEFORE UPDATE ON urn FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER urn_no_delete BEFORE DELETE OR TRUNCATE ON urn FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_tally_no_update BEFORE UPDATE ON scrutin_tally FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_tally_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_tally FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_result_no_update BEFORE UPDATE ON scrutin_result FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER scrutin_result_no_delete BEFORE DELETE OR TRUNCATE ON scrutin_result FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER membership_event_no_update BEFORE UPDATE ON membership_event FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER membership_event_no_delete BEFORE DELETE OR TRUNCATE ON membership_event FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER email_consent_no_update BEFORE UPDATE ON email_consent FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER email_consent_no_delete BEFORE DELETE OR TRUNCATE ON email_consent FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposed_value_no_update BEFORE UPDATE ON proposed_value FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER proposed_value_no_delete BEFORE DELETE OR TRUNCATE ON proposed_value FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_leg_no_update BEFORE UPDATE ON share_leg FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER share_leg_no_delete BEFORE DELETE OR TRUNCATE ON share_leg FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION share_leg_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line IS NOT NULL THEN IF NEW.line < 1 OR NEW.line > (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN RAISE EXCEPTION 'share_leg: the transaction has all its legs'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_leg_sealed BEFORE INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_sealed()',
        "CREATE OR REPLACE FUNCTION share_leg_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT count(*) FROM share_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM share_leg WHERE tx_seq = NEW.tx_seq GROUP BY class_id HAVING sum(qty) <> 0) THEN RAISE EXCEPTION 'share_leg: the legs do not add up to zero'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_leg_balanced AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_balanced()',
        "CREATE OR REPLACE FUNCTION share_leg_exact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM share_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq)) GROUP BY account, membership_id, class_id, lot_id, unit_cents HAVING sum(qty) <> 0) THEN RAISE EXCEPTION 'share_leg: a reversal is exact'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_leg_exact AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_exact()',
        "CREATE OR REPLACE FUNCTION share_leg_never_negative() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF EXISTS (SELECT 1 FROM (SELECT sum(l.qty) OVER (PARTITION BY l.membership_id, l.lot_id ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, lot_id FROM share_leg WHERE tx_seq = NEW.tx_seq AND qty < 0 AND account = 'holder') t CROSS JOIN share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) r WHERE r.held < 0) THEN RAISE EXCEPTION 'share_leg: a balance would fall below zero'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER share_leg_never_negative AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_never_negative()',
        'CREATE TRIGGER capital_leg_no_update BEFORE UPDATE ON capital_leg FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER capital_leg_no_delete BEFORE DELETE OR TRUNCATE ON capital_leg FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION capital_leg_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line IS NOT NULL THEN IF NEW.line < 1 OR NEW.line > (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN RAISE EXCEPTION 'capital_leg: the transaction has all its legs'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER capital_leg_sealed BEFORE INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_sealed()',
        "CREATE OR REPLACE FUNCTION capital_leg_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT count(*) FROM capital_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq = NEW.tx_seq GROUP BY tx_seq HAVING sum(cents) <> 0) THEN RAISE EXCEPTION 'capital_leg: the legs do not add up to zero'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER capital_leg_balanced AFTER INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_balanced()',
        "CREATE OR REPLACE FUNCTION capital_leg_exact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq)) GROUP BY membership_id, bucket HAVING sum(cents) <> 0) THEN RAISE EXCEPTION 'capital_leg: a reversal is exact'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER capital_leg_exact AFTER INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_exact()',
        "CREATE OR REPLACE FUNCTION capital_leg_never_negative() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN IF EXISTS (SELECT 1 FROM (SELECT sum(l.cents) OVER (PARTITION BY l.membership_id, l.bucket ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, bucket FROM capital_leg WHERE tx_seq = NEW.tx_seq AND cents < 0 AND bucket IN ('subscribed_uncalled', 'called_unpaid', 'paid_up', 'repayable')) t CROSS JOIN capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) r WHERE r.held < 0) THEN RAISE EXCEPTION 'capital_leg: a balance would fall below zero'; END IF; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER capital_leg_never_negative AFTER INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_never_negative()',
        'CREATE TRIGGER capital_note_no_update BEFORE UPDATE ON capital_note FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
    ],
}


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_folded', sa.String(length=254).with_variant(sa.String(length=254, collation='C'), 'postgresql'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email_folded', name=op.f('uq_account_email_folded'))
    )
    op.create_table('assembly',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('ordinary', 'extraordinary', name='assemblykind', native_enum=False, length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('remote_vote', sa.Boolean(), nullable=False),
    sa.Column('call', sa.Integer(), nullable=False),
    sa.Column('previous_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('planned', 'convened', 'in session', 'session closed', 'inquorate', 'assembly cancelled', name='state', native_enum=False, length=40), nullable=False),
    sa.Column('roll_id', sa.Uuid(), nullable=True),
    sa.Column('roll_hash', sa.String(length=64), nullable=False),
    sa.Column('enrolled', sa.Integer(), nullable=False),
    sa.Column('remote_closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('convened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('present', sa.Integer(), nullable=False),
    sa.Column('represented', sa.Integer(), nullable=False),
    sa.Column('remote', sa.Integer(), nullable=False),
    sa.CheckConstraint('(call = 2) = (previous_id IS NOT NULL)', name=op.f('ck_assembly_second_call_names_the_first')),
    sa.CheckConstraint('call IN (1, 2)', name=op.f('ck_assembly_first_or_second_call')),
    sa.ForeignKeyConstraint(['previous_id'], ['assembly.id'], name=op.f('fk_assembly_previous_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assembly')),
    sa.UniqueConstraint('previous_id', name=op.f('uq_assembly_previous_id'))
    )
    with op.batch_alter_table('assembly', schema=None) as batch_op:
        batch_op.create_index('ix_assembly_held_at', ['held_at', 'id'], unique=False)
        batch_op.create_index('ix_assembly_state', ['state', 'held_at'], unique=False)

    op.create_table('ballot_named',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('voter_id', sa.Uuid(), nullable=False),
    sa.Column('choice', sa.Enum('for', 'against', 'abstain', 'blank', name='choice', native_enum=False, length=40), nullable=False),
    sa.Column('channel', sa.Enum('remote', 'room', name='channel', native_enum=False, length=40), nullable=False),
    sa.Column('cast_by', sa.Uuid(), nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('scrutin_id', 'voter_id', name=op.f('pk_ballot_named')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('ballot_named', schema=None) as batch_op:
        batch_op.create_index('ix_ballot_named_channel', ['scrutin_id', 'channel'], unique=False)

    op.create_table('demo_clock',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('offset_seconds', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_demo_clock_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demo_clock'))
    )
    op.create_table('import_batch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.Uuid(), nullable=True),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch'))
    )
    op.create_table('issued_document',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('series', sa.String(length=60), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(length=80), nullable=False),
    sa.Column('owner', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('template', sa.String(length=80), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('facts_sha256', sa.String(length=64), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaces_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['replaces_id'], ['issued_document.id'], name=op.f('fk_issued_document_replaces_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_document')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_issued_document_replaces_id')),
    sa.UniqueConstraint('series', 'number', name=op.f('uq_issued_document_series_number')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('issued_document', schema=None) as batch_op:
        batch_op.create_index('ix_issued_document_about', ['about', 'kind'], unique=False)

    op.create_table('journal_line',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('about', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('salt_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_journal_line')),
    sa.UniqueConstraint('hash', name=op.f('uq_journal_line_hash')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('journal_line', schema=None) as batch_op:
        batch_op.create_index('ix_journal_line_about', ['about', 'seq'], unique=False)

    op.create_table('journal_payload',
    sa.Column('salt_id', sa.Uuid(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('salt_id', name=op.f('pk_journal_payload')),
    info={'append_only': ('UPDATE',)}
    )
    op.create_table('login_attempt',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_attempt'))
    )
    with op.batch_alter_table('login_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_attempt_at'), ['at'], unique=False)
        batch_op.create_index('ix_login_attempt_key_hash', ['key_hash', 'at'], unique=False)

    op.create_table('minutes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('facts_hash', sa.String(length=64), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes')),
    sa.UniqueConstraint('assembly_id', name=op.f('uq_minutes_assembly_id')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('minutes', schema=None) as batch_op:
        batch_op.create_index('ix_minutes_held_at', ['held_at', 'id'], unique=False)

    op.create_table('outbox_horizon',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_horizon'))
    )
    op.create_table('outbox_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('about', sa.String(length=80), nullable=False),
    sa.Column('to_address', sa.String(length=254), nullable=False),
    sa.Column('to_name', sa.String(length=200), nullable=False),
    sa.Column('recipient', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_message')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_message_about', ['about', 'kind'], unique=False)
        batch_op.create_index('ix_outbox_message_created_at', ['created_at', 'id'], unique=False)

    op.create_table('party',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('person', 'organisation', name='partykind', native_enum=False, length=40), nullable=False),
    sa.Column('legal_name', sa.String(length=120), nullable=False),
    sa.Column('given_names', sa.String(length=120), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('birth_place', sa.String(length=120), nullable=False),
    sa.Column('siren', sa.String(length=9), nullable=False),
    sa.Column('representative', sa.String(length=200), nullable=False),
    sa.Column('is_cooperative', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind = 'organisation' OR siren = ''", name=op.f('ck_party_siren_of_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party'))
    )
    op.create_table('proposal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'debating', 'frozen', 'adopted', 'rejected', 'no-quorum', 'withdrawn', name='state', native_enum=False, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('backed_since', sa.Integer(), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('subject_hash', sa.String(length=64), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('frozen', 'adopted', 'rejected', 'no-quorum')) = (subject_hash IS NOT NULL)", name=op.f('ck_proposal_hash_when_frozen')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('number', name=op.f('uq_proposal_number'))
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_proposal_state', ['state', 'number'], unique=False)

    op.create_table('roll',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reference_on', sa.Date(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('colleges', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('scheduled_change',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject_hash', sa.String(length=64), nullable=False),
    sa.Column('change_hash', sa.String(length=64), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('not_before', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('notices', sa.Integer(), nullable=False),
    sa.Column('unreached', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheduled_change')),
    sa.UniqueConstraint('subject_hash', name=op.f('uq_scheduled_change_subject_hash')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('share_class',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=100), nullable=False),
    sa.Column('is_transferable', sa.Boolean(), nullable=False),
    sa.Column('is_refundable', sa.Boolean(), nullable=False),
    sa.Column('min_hold', sa.Integer(), nullable=False),
    sa.Column('max_hold', sa.Integer(), nullable=True),
    sa.Column('max_part_of_capital', sa.String(length=20), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_class')),
    sa.UniqueConstraint('code', name=op.f('uq_share_class_code'))
    )
    op.create_table('share_tx',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Enum('subscribe', 'redeem', 'transfer', 'inherit', 'convert', 'split', 'nominal_change', 'reversal', 'opening', name='txkind', native_enum=False, length=40), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.Column('approved_by', sa.String(length=80), nullable=True),
    sa.Column('request_id', sa.Uuid(), nullable=True),
    sa.Column('resolution', sa.String(length=200), nullable=False),
    sa.Column('reason_code', sa.String(length=40), nullable=False),
    sa.Column('payable_now_cents', sa.BigInteger(), nullable=True),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.Column('document_sha256', sa.String(length=64), nullable=True),
    sa.Column('reverses_seq', sa.Integer(), nullable=True),
    sa.Column('legs', sa.Integer(), nullable=False),
    sa.Column('payload_digest', sa.String(length=64), nullable=False),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name=op.f('ck_share_tx_reversal')),
    sa.CheckConstraint('seq > 0 AND legs > 1', name=op.f('ck_share_tx_numbers')),
    sa.ForeignKeyConstraint(['reverses_seq'], ['share_tx.seq'], name=op.f('fk_share_tx_reverses_seq')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_share_tx')),
    sa.UniqueConstraint('hash', name=op.f('uq_share_tx_hash')),
    sa.UniqueConstraint('reverses_seq', name=op.f('uq_share_tx_reverses_seq')),
    sa.UniqueConstraint('seq', 'effective_on', name=op.f('uq_share_tx_seq_effective_on')),
    info={'append_only': ('UPDATE', 'DELETE'), 'guards': [{'sqlite': ["CREATE TRIGGER share_tx_in_order BEFORE INSERT ON share_tx WHEN (NEW.seq IS NOT NULL) AND (NEW.seq <> coalesce((SELECT max(seq) FROM share_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM share_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000')) BEGIN SELECT RAISE(ABORT, 'share_tx: the next line follows the last one'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION share_tx_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.seq IS NOT NULL THEN IF NEW.seq <> coalesce((SELECT max(seq) FROM share_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM share_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000') THEN RAISE EXCEPTION 'share_tx: the next line follows the last one'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER share_tx_in_order BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_in_order()']}, {'sqlite': ["CREATE TRIGGER share_tx_reversal BEFORE INSERT ON share_tx WHEN (NEW.reverses_seq IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM share_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs)) BEGIN SELECT RAISE(ABORT, 'share_tx: a reversal undoes an earlier first-hand line'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION share_tx_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reverses_seq IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM share_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs) THEN RAISE EXCEPTION 'share_tx: a reversal undoes an earlier first-hand line'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER share_tx_reversal BEFORE INSERT ON share_tx FOR EACH ROW EXECUTE FUNCTION share_tx_reversal()']}]}
    )
    with op.batch_alter_table('share_tx', schema=None) as batch_op:
        batch_op.create_index('ix_share_tx_effective_on', ['effective_on', 'seq'], unique=False)

    op.create_table('statutes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('legal_form', sa.Enum('scop-sarl', 'scop-sas', 'scop-sa', 'scic-sarl', 'scic-sas', 'scic-sa', 'loi47-sa', name='legalform', native_enum=False, length=40), nullable=False),
    sa.Column('is_cae', sa.Boolean(), nullable=False),
    sa.Column('object_text', sa.Text(), nullable=False),
    sa.Column('seat', sa.String(length=300), nullable=False),
    sa.Column('siren', sa.String(length=9), nullable=False),
    sa.Column('rcs_city', sa.String(length=100), nullable=False),
    sa.Column('share_nominal_cents', sa.BigInteger(), nullable=False),
    sa.Column('statutory_minimum_cents', sa.BigInteger(), nullable=False),
    sa.Column('year_end', sa.String(length=5), nullable=False),
    sa.Column('proposal_backers', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=300), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.CheckConstraint('proposal_backers > 0', name=op.f('ck_statutes_backers_positive')),
    sa.CheckConstraint('share_nominal_cents > 0', name=op.f('ck_statutes_nominal_positive')),
    sa.CheckConstraint('statutory_minimum_cents >= 0', name=op.f('ck_statutes_minimum_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statutes')),
    sa.UniqueConstraint('in_force_from', name=op.f('uq_statutes_in_force_from')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('account_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('how', sa.Enum('link', 'password', 'demonstration', name='how', native_enum=False, length=40), nullable=False),
    sa.Column('device', sa.String(length=60), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_session_account_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_account_session')),
    sa.UniqueConstraint('id', name=op.f('uq_account_session_id'))
    )
    with op.batch_alter_table('account_session', schema=None) as batch_op:
        batch_op.create_index('ix_account_session_account_id', ['account_id', 'created_at'], unique=False)

    op.create_table('agenda_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('subject_kind', sa.Enum('accounts', 'proposal', 'admission', 'text', name='subjectkind', native_enum=False, length=40), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('change_text', sa.Text(), nullable=False),
    sa.Column('subject_hash', sa.String(length=64), nullable=False),
    sa.Column('scrutin_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('not voted yet', 'vote open', 'vote closed', 'proclaimed', 'without quorum', 'set aside', name='itemstate', native_enum=False, length=40), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proclaimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('present', sa.Integer(), nullable=False),
    sa.Column('represented', sa.Integer(), nullable=False),
    sa.Column('remote', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_agenda_item_assembly_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda_item')),
    sa.UniqueConstraint('scrutin_id', name=op.f('uq_agenda_item_scrutin_id'))
    )
    with op.batch_alter_table('agenda_item', schema=None) as batch_op:
        batch_op.create_index('ix_agenda_item_assembly_id', ['assembly_id', 'position'], unique=False)

    op.create_table('assembly_incident',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_assembly_incident_assembly_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assembly_incident')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('assembly_incident', schema=None) as batch_op:
        batch_op.create_index('ix_assembly_incident_assembly_id', ['assembly_id', 'at'], unique=False)

    op.create_table('assembly_officer',
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('office', sa.Enum('chair', 'secretary', 'teller', name='office', native_enum=False, length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_assembly_officer_assembly_id')),
    sa.PrimaryKeyConstraint('assembly_id', 'account_id', 'office', name=op.f('pk_assembly_officer')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('attendance_event',
    sa.Column('seq', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('arrived', 'left', 'connected', 'disconnected', name='attendancekind', native_enum=False, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_attendance_event_assembly_id')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_attendance_event')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('attendance_event', schema=None) as batch_op:
        batch_op.create_index('ix_attendance_event_member_id', ['assembly_id', 'member_id', 'seq'], unique=False)

    op.create_table('capital_tx',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Enum('call', 'pay', 'overpay', 'set_off', 'loss', 'make_repayable', 'repay', 'prescribe', 'gift', 'interest_declared', 'interest_withheld', 'interest_paid', 'reversal', 'opening', name='capitalkind', native_enum=False, length=40), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.Column('approved_by', sa.String(length=80), nullable=True),
    sa.Column('share_tx_seq', sa.Integer(), nullable=True),
    sa.Column('bank_line_id', sa.Uuid(), nullable=True),
    sa.Column('run_id', sa.Uuid(), nullable=True),
    sa.Column('resolution', sa.String(length=200), nullable=False),
    sa.Column('reverses_seq', sa.Integer(), nullable=True),
    sa.Column('legs', sa.Integer(), nullable=False),
    sa.Column('payload_digest', sa.String(length=64), nullable=False),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name=op.f('ck_capital_tx_reversal')),
    sa.CheckConstraint('seq > 0 AND legs > 1', name=op.f('ck_capital_tx_numbers')),
    sa.ForeignKeyConstraint(['reverses_seq'], ['capital_tx.seq'], name=op.f('fk_capital_tx_reverses_seq')),
    sa.ForeignKeyConstraint(['share_tx_seq'], ['share_tx.seq'], name=op.f('fk_capital_tx_share_tx_seq')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_capital_tx')),
    sa.UniqueConstraint('hash', name=op.f('uq_capital_tx_hash')),
    sa.UniqueConstraint('reverses_seq', name=op.f('uq_capital_tx_reverses_seq')),
    sa.UniqueConstraint('seq', 'effective_on', name=op.f('uq_capital_tx_seq_effective_on')),
    info={'append_only': ('UPDATE', 'DELETE'), 'guards': [{'sqlite': ["CREATE TRIGGER capital_tx_in_order BEFORE INSERT ON capital_tx WHEN (NEW.seq IS NOT NULL) AND (NEW.seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM capital_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000')) BEGIN SELECT RAISE(ABORT, 'capital_tx: the next line follows the last one'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION capital_tx_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.seq IS NOT NULL THEN IF NEW.seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) + 1 OR NEW.prev_hash <> coalesce((SELECT hash FROM capital_tx WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000') THEN RAISE EXCEPTION 'capital_tx: the next line follows the last one'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER capital_tx_in_order BEFORE INSERT ON capital_tx FOR EACH ROW EXECUTE FUNCTION capital_tx_in_order()']}, {'sqlite': ["CREATE TRIGGER capital_tx_reversal BEFORE INSERT ON capital_tx WHEN (NEW.reverses_seq IS NOT NULL) AND (NOT EXISTS (SELECT 1 FROM capital_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs)) BEGIN SELECT RAISE(ABORT, 'capital_tx: a reversal undoes an earlier first-hand line'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION capital_tx_reversal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reverses_seq IS NOT NULL THEN IF NOT EXISTS (SELECT 1 FROM capital_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs) THEN RAISE EXCEPTION 'capital_tx: a reversal undoes an earlier first-hand line'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER capital_tx_reversal BEFORE INSERT ON capital_tx FOR EACH ROW EXECUTE FUNCTION capital_tx_reversal()']}]}
    )
    with op.batch_alter_table('capital_tx', schema=None) as batch_op:
        batch_op.create_index('ix_capital_tx_share_tx_seq', ['share_tx_seq'], unique=False)

    op.create_table('change_step',
    sa.Column('change_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'notified', 'effective', 'halted', 'expired', name='state', native_enum=False, length=40), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('eta', sa.Date(), nullable=True),
    sa.Column('last_notice_on', sa.Date(), nullable=True),
    sa.Column('notice_days', sa.Integer(), nullable=True),
    sa.Column('given_up', sa.Integer(), nullable=True),
    sa.Column('detail', sa.String(length=300), nullable=False),
    sa.CheckConstraint("(state = 'notified') = (eta IS NOT NULL)", name=op.f('ck_change_step_eta_when_notified')),
    sa.ForeignKeyConstraint(['change_id'], ['scheduled_change.id'], name=op.f('fk_change_step_change_id')),
    sa.PrimaryKeyConstraint('change_id', 'state', name=op.f('pk_change_step')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('change_step', schema=None) as batch_op:
        batch_op.create_index('uq_change_step_end', ['change_id'], unique=True, sqlite_where=sa.text("state IN ('effective', 'halted', 'expired')"), postgresql_where=sa.text("state IN ('effective', 'halted', 'expired')"))

    op.create_table('convocation',
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Enum('email', 'letter', 'registered_letter', name='noticechannel', native_enum=False, length=40), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.Column('sent_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_convocation_assembly_id')),
    sa.PrimaryKeyConstraint('assembly_id', 'member_id', name=op.f('pk_convocation')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('demo_character',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('label_fr', sa.String(length=200), nullable=False),
    sa.Column('label_en', sa.String(length=200), nullable=False),
    sa.Column('story_fr', sa.Text(), nullable=False),
    sa.Column('story_en', sa.Text(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_demo_character_account_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_demo_character'))
    )
    op.create_table('login_link',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('next_path', sa.String(length=500), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_login_link_account_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_login_link'))
    )
    with op.batch_alter_table('login_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_link_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_login_link_expires_at'), ['expires_at'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('shares_wished', sa.Integer(), nullable=False),
    sa.Column('craft', sa.String(length=120), nullable=False),
    sa.Column('has_shop', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.Column('sort_name', sa.String(length=250).with_variant(sa.String(length=250, collation='C'), 'postgresql'), nullable=False),
    sa.Column('town', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254).with_variant(sa.String(length=254, collation='C'), 'postgresql'), nullable=False),
    sa.Column('postal_address', sa.String(length=500), nullable=False),
    sa.Column('status', sa.Enum('candidate', 'member', 'refused', 'former', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('category', sa.Enum('employed', 'external', name='category', native_enum=False, length=40), nullable=False),
    sa.Column('college', sa.String(length=40), nullable=False),
    sa.Column('applied_on', sa.Date(), nullable=True),
    sa.Column('joined_on', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.CheckConstraint('number > 0', name=op.f('ck_membership_number_positive')),
    sa.CheckConstraint('shares_wished >= 0', name=op.f('ck_membership_shares_not_negative')),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_membership_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('number', name=op.f('uq_membership_number'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index('ix_membership_account_id', ['account_id'], unique=False)
        batch_op.create_index('ix_membership_email', ['email'], unique=False)
        batch_op.create_index('ix_membership_party_id', ['party_id'], unique=False)
        batch_op.create_index('ix_membership_sort', ['sort_name', 'number'], unique=False)
        batch_op.create_index('ix_membership_status', ['status', 'sort_name', 'number'], unique=False)
        batch_op.create_index('ix_membership_status_category', ['status', 'category', 'sort_name', 'number'], unique=False)
        batch_op.create_index('ix_membership_status_college', ['status', 'college', 'sort_name', 'number'], unique=False)

    op.create_table('minutes_approval',
    sa.Column('minutes_id', sa.Uuid(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('signer', sa.Enum('chair', 'secretary', name='signer', native_enum=False, length=40), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_minutes_approval_minutes_id')),
    sa.PrimaryKeyConstraint('minutes_id', 'content_hash', 'signer', name=op.f('pk_minutes_approval')),
    sa.UniqueConstraint('minutes_id', 'content_hash', 'account_id', name=op.f('uq_minutes_approval_minutes_id_content_hash_account_id')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('minutes_issue',
    sa.Column('minutes_id', sa.Uuid(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_minutes_issue_document_id')),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_minutes_issue_minutes_id')),
    sa.PrimaryKeyConstraint('minutes_id', name=op.f('pk_minutes_issue')),
    sa.UniqueConstraint('document_id', name=op.f('uq_minutes_issue_document_id')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('minutes_prose',
    sa.Column('minutes_id', sa.Uuid(), nullable=False),
    sa.Column('slot', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('written_by', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_minutes_prose_minutes_id')),
    sa.PrimaryKeyConstraint('minutes_id', 'slot', 'version', name=op.f('pk_minutes_prose')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('outbox_delivery',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Enum('sent', 'failed', 'given_up', name='outcome', native_enum=False, length=40), nullable=False),
    sa.Column('detail', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['outbox_message.id'], name=op.f('fk_outbox_delivery_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_delivery')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('outbox_delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_delivery_message_id'), ['message_id'], unique=False)

    op.create_table('parameter_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Uuid(), nullable=True),
    sa.Column('change_id', sa.Uuid(), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(base_id IS NULL) = (change_id IS NULL)', name=op.f('ck_parameter_version_changed_by_a_change')),
    sa.ForeignKeyConstraint(['base_id'], ['parameter_version.id'], name=op.f('fk_parameter_version_base_id')),
    sa.ForeignKeyConstraint(['change_id'], ['scheduled_change.id'], name=op.f('fk_parameter_version_change_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parameter_version')),
    sa.UniqueConstraint('base_id', name=op.f('uq_parameter_version_base_id')),
    sa.UniqueConstraint('change_id', 'key', name=op.f('uq_parameter_version_change_id_key')),
    sa.UniqueConstraint('key', 'effective_from', name=op.f('uq_parameter_version_key_effective_from')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('parameter_version', schema=None) as batch_op:
        batch_op.create_index('uq_parameter_version_first', ['key'], unique=True, sqlite_where=sa.text('base_id IS NULL'), postgresql_where=sa.text('base_id IS NULL'))

    op.create_table('party_contact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('email', 'phone', 'address', name='contactkind', native_enum=False, length=40), nullable=False),
    sa.Column('value', sa.String(length=500), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_party_contact_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_contact'))
    )
    with op.batch_alter_table('party_contact', schema=None) as batch_op:
        batch_op.create_index('ix_party_contact_party_id', ['party_id', 'kind', 'valid_from'], unique=False)

    op.create_table('proposal_backing',
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_backing_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'member_id', name=op.f('pk_proposal_backing'))
    )
    with op.batch_alter_table('proposal_backing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_backing_member_id'), ['member_id'], unique=False)

    op.create_table('proposal_comment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Enum('for', 'against', 'neutral', name='position', native_enum=False, length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_comment_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_comment')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('proposal_comment', schema=None) as batch_op:
        batch_op.create_index('ix_proposal_comment_author_id', ['author_id', 'proposal_id'], unique=False)
        batch_op.create_index('ix_proposal_comment_proposal_id', ['proposal_id', 'at', 'id'], unique=False)

    op.create_table('proposal_step',
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('step', sa.Enum('submit', 'freeze', 'release', 'adopt', 'reject', 'lack-quorum', 'reopen', 'withdraw', name='step', native_enum=False, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_step_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'n', name=op.f('pk_proposal_step')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('proposal_version',
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('wished_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_version_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'n', name=op.f('pk_proposal_version')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('proxy',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('grantor_id', sa.Uuid(), nullable=False),
    sa.Column('grantor_name', sa.String(length=250), nullable=False),
    sa.Column('holder_id', sa.Uuid(), nullable=False),
    sa.Column('holder_name', sa.String(length=250), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('active', 'revoked', 'declined', name='proxystate', native_enum=False, length=40), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('grantor_id <> holder_id', name=op.f('ck_proxy_not_to_oneself')),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_proxy_assembly_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proxy')),
    info={'append_only': ('DELETE',)}
    )
    with op.batch_alter_table('proxy', schema=None) as batch_op:
        batch_op.create_index('ix_proxy_holder_id', ['assembly_id', 'holder_id', 'state'], unique=False)
        batch_op.create_index('uq_proxy_one_active', ['assembly_id', 'grantor_id'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))

    op.create_table('remote_presence',
    sa.Column('assembly_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assembly_id'], ['assembly.id'], name=op.f('fk_remote_presence_assembly_id')),
    sa.PrimaryKeyConstraint('assembly_id', 'member_id', name=op.f('pk_remote_presence')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('rendered_document',
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('rendered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_rendered_document_document_id')),
    sa.PrimaryKeyConstraint('document_id', name=op.f('pk_rendered_document')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('role_mandate',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('member', 'board', 'secretary', 'treasurer', 'teller', 'auditor', 'administrator', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.Column('decision', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('until_day IS NULL OR until_day >= from_day', name=op.f('ck_role_mandate_days_in_order')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_mandate_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_mandate')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('role_mandate', schema=None) as batch_op:
        batch_op.create_index('ix_role_mandate_account_id', ['account_id', 'role'], unique=False)
        batch_op.create_index('ix_role_mandate_role', ['role', 'from_day'], unique=False)

    op.create_table('roll_entry',
    sa.Column('roll_id', sa.Uuid(), nullable=False),
    sa.Column('voter_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('college', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['roll_id'], ['roll.id'], name=op.f('fk_roll_entry_roll_id')),
    sa.PrimaryKeyConstraint('roll_id', 'voter_id', name=op.f('pk_roll_entry')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('scheduled_value',
    sa.Column('change_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('old', sa.Integer(), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['scheduled_change.id'], name=op.f('fk_scheduled_value_change_id')),
    sa.PrimaryKeyConstraint('change_id', 'key', name=op.f('pk_scheduled_value')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('scrutin',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('roll_id', sa.Uuid(), nullable=False),
    sa.Column('level', sa.Enum('named', name='level', native_enum=False, length=40), nullable=False),
    sa.Column('subject_hash', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('remote_opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remote_closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('college_weights', sa.Text(), nullable=True),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['roll_id'], ['roll.id'], name=op.f('fk_scrutin_roll_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scrutin')),
    sa.UniqueConstraint('seal', name=op.f('uq_scrutin_seal')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('scrutin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scrutin_roll_id'), ['roll_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_scrutin_subject_hash'), ['subject_hash'], unique=False)

    op.create_table('share_class_nominal',
    sa.Column('class_id', sa.Uuid(), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('resolution', sa.String(length=200), nullable=False),
    sa.CheckConstraint('cents > 0', name=op.f('ck_share_class_nominal_positive')),
    sa.ForeignKeyConstraint(['class_id'], ['share_class.id'], name=op.f('fk_share_class_nominal_class_id')),
    sa.PrimaryKeyConstraint('class_id', 'from_date', name=op.f('pk_share_class_nominal')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('share_lot',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('class_id', sa.Uuid(), nullable=False),
    sa.Column('opened_by_tx', sa.Integer(), nullable=False),
    sa.Column('first_acquired_on', sa.Date(), nullable=False),
    sa.Column('issue_unit_cents', sa.BigInteger(), nullable=False),
    sa.Column('parent_lot_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['class_id'], ['share_class.id'], name=op.f('fk_share_lot_class_id')),
    sa.ForeignKeyConstraint(['opened_by_tx'], ['share_tx.seq'], name=op.f('fk_share_lot_opened_by_tx')),
    sa.ForeignKeyConstraint(['parent_lot_id'], ['share_lot.id'], name=op.f('fk_share_lot_parent_lot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_lot')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('share_note',
    sa.Column('tx_seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['tx_seq'], ['share_tx.seq'], name=op.f('fk_share_note_tx_seq')),
    sa.PrimaryKeyConstraint('tx_seq', name=op.f('pk_share_note')),
    info={'append_only': ('UPDATE',)}
    )
    op.create_table('statutes_college',
    sa.Column('statutes_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('weight', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['statutes_id'], ['statutes.id'], name=op.f('fk_statutes_college_statutes_id')),
    sa.PrimaryKeyConstraint('statutes_id', 'code', name=op.f('pk_statutes_college')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('statutes_figure',
    sa.Column('statutes_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('value', sa.String(length=200), nullable=False),
    sa.Column('clause', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['statutes_id'], ['statutes.id'], name=op.f('fk_statutes_figure_statutes_id')),
    sa.PrimaryKeyConstraint('statutes_id', 'name', name=op.f('pk_statutes_figure')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('capital_leg',
    sa.Column('tx_seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=True),
    sa.Column('bucket', sa.Enum('subscribed_uncalled', 'called_unpaid', 'paid_up', 'claim', 'repayable', 'loss_borne', 'interest_due', 'tax_due', 'bank', 'reserve', 'suspense', name='bucket', native_enum=False, length=40), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("membership_id IS NOT NULL OR bucket IN ('bank', 'reserve', 'suspense', 'tax_due')", name=op.f('ck_capital_leg_bucket')),
    sa.CheckConstraint('cents <> 0', name=op.f('ck_capital_leg_cents')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_capital_leg_membership_id')),
    sa.ForeignKeyConstraint(['tx_seq', 'effective_on'], ['capital_tx.seq', 'capital_tx.effective_on'], name=op.f('fk_capital_leg_tx_seq_effective_on')),
    sa.PrimaryKeyConstraint('tx_seq', 'line', name=op.f('pk_capital_leg')),
    info={'append_only': ('UPDATE', 'DELETE'), 'guards': [{'sqlite': ["CREATE TRIGGER capital_leg_sealed BEFORE INSERT ON capital_leg WHEN (NEW.line IS NOT NULL) AND (NEW.line < 1 OR NEW.line > (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) BEGIN SELECT RAISE(ABORT, 'capital_leg: the transaction has all its legs'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION capital_leg_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line IS NOT NULL THEN IF NEW.line < 1 OR NEW.line > (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN RAISE EXCEPTION 'capital_leg: the transaction has all its legs'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER capital_leg_sealed BEFORE INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_sealed()']}, {'sqlite': ["CREATE TRIGGER capital_leg_balanced AFTER INSERT ON capital_leg WHEN (NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) AND ((SELECT count(*) FROM capital_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq = NEW.tx_seq GROUP BY tx_seq HAVING sum(cents) <> 0)) BEGIN SELECT RAISE(ABORT, 'capital_leg: the legs do not add up to zero'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION capital_leg_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT count(*) FROM capital_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq = NEW.tx_seq GROUP BY tx_seq HAVING sum(cents) <> 0) THEN RAISE EXCEPTION 'capital_leg: the legs do not add up to zero'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER capital_leg_balanced AFTER INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_balanced()']}, {'sqlite': ["CREATE TRIGGER capital_leg_exact AFTER INSERT ON capital_leg WHEN (NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) AND ((SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq)) GROUP BY membership_id, bucket HAVING sum(cents) <> 0)) BEGIN SELECT RAISE(ABORT, 'capital_leg: a reversal is exact'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION capital_leg_exact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM capital_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM capital_tx WHERE seq = NEW.tx_seq)) GROUP BY membership_id, bucket HAVING sum(cents) <> 0) THEN RAISE EXCEPTION 'capital_leg: a reversal is exact'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER capital_leg_exact AFTER INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_exact()']}, {'sqlite': ["CREATE TRIGGER capital_leg_never_negative AFTER INSERT ON capital_leg WHEN (NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq)) AND (EXISTS (SELECT 1 FROM (SELECT sum(l.cents) OVER (PARTITION BY l.membership_id, l.bucket ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, bucket FROM capital_leg WHERE tx_seq = NEW.tx_seq AND cents < 0 AND bucket IN ('subscribed_uncalled', 'called_unpaid', 'paid_up', 'repayable')) t CROSS JOIN capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) r WHERE r.held < 0)) BEGIN SELECT RAISE(ABORT, 'capital_leg: a balance would fall below zero'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION capital_leg_never_negative() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq) THEN IF EXISTS (SELECT 1 FROM (SELECT sum(l.cents) OVER (PARTITION BY l.membership_id, l.bucket ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, bucket FROM capital_leg WHERE tx_seq = NEW.tx_seq AND cents < 0 AND bucket IN ('subscribed_uncalled', 'called_unpaid', 'paid_up', 'repayable')) t CROSS JOIN capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) r WHERE r.held < 0) THEN RAISE EXCEPTION 'capital_leg: a balance would fall below zero'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER capital_leg_never_negative AFTER INSERT ON capital_leg FOR EACH ROW EXECUTE FUNCTION capital_leg_never_negative()']}]}
    )
    with op.batch_alter_table('capital_leg', schema=None) as batch_op:
        batch_op.create_index('ix_capital_leg_bucket', ['bucket', 'membership_id', 'effective_on', 'cents'], unique=False)
        batch_op.create_index('ix_capital_leg_membership_id', ['membership_id', 'bucket', 'effective_on', 'cents'], unique=False)

    op.create_table('capital_note',
    sa.Column('tx_seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['tx_seq'], ['capital_tx.seq'], name=op.f('fk_capital_note_tx_seq')),
    sa.PrimaryKeyConstraint('tx_seq', name=op.f('pk_capital_note')),
    info={'append_only': ('UPDATE',)}
    )
    op.create_table('email_consent',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('proof', sa.String(length=300), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_email_consent_membership_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_consent')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('email_consent', schema=None) as batch_op:
        batch_op.create_index('ix_email_consent_membership_id', ['membership_id', 'id'], unique=False)

    op.create_table('member_word',
    sa.Column('word', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_member_word_membership_id')),
    sa.PrimaryKeyConstraint('word', 'membership_id', name=op.f('pk_member_word'))
    )
    with op.batch_alter_table('member_word', schema=None) as batch_op:
        batch_op.create_index('ix_member_word_membership_id', ['membership_id', 'word'], unique=False)

    op.create_table('membership_event',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('applied', 'admitted', 'refused', 'resigned', 'excluded', 'deceased', 'contract_ended', 'reinstated', 'college_changed', 'reversal', name='eventkind', native_enum=False, length=40), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('candidate', 'member', 'refused', 'former', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('category', sa.Enum('employed', 'external', name='category', native_enum=False, length=40), nullable=False),
    sa.Column('college', sa.String(length=40), nullable=False),
    sa.Column('decided_by', sa.Enum('ordinary_assembly', 'extraordinary_assembly', 'board', 'management', name='decidedby', native_enum=False, length=40), nullable=True),
    sa.Column('decision', sa.String(length=300), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f('ck_membership_event_reversal_names_its_event')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_membership_event_membership_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['membership_event.id'], name=op.f('fk_membership_event_reverses_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership_event')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_membership_event_reverses_id')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('membership_event', schema=None) as batch_op:
        batch_op.create_index('ix_membership_event_membership_id', ['membership_id', 'effective_on', 'id'], unique=False)

    op.create_table('proposed_value',
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('old', sa.Integer(), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id', 'n'], ['proposal_version.proposal_id', 'proposal_version.n'], name=op.f('fk_proposed_value_proposal_id_n')),
    sa.PrimaryKeyConstraint('proposal_id', 'n', 'key', name=op.f('pk_proposed_value')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('proposed_value', schema=None) as batch_op:
        batch_op.create_index('ix_proposed_value_key', ['key'], unique=False)

    op.create_table('role_mandate_end',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mandate_id', sa.Uuid(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('decision', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['mandate_id'], ['role_mandate.id'], name=op.f('fk_role_mandate_end_mandate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_mandate_end')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    with op.batch_alter_table('role_mandate_end', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_mandate_end_mandate_id'), ['mandate_id'], unique=False)

    op.create_table('scrutin_result',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_result_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', name=op.f('pk_scrutin_result')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('scrutin_step',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Enum('sealed', 'room_opened', 'room_closed', 'counted', 'proclaimed', 'cancelled', name='state', native_enum=False, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_step_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', 'step', name=op.f('pk_scrutin_step')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('scrutin_tally',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_scrutin_tally_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', name=op.f('pk_scrutin_tally')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('share_leg',
    sa.Column('tx_seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('account', sa.Enum('holder', 'issuer', name='account', native_enum=False, length=40), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=True),
    sa.Column('class_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('qty', sa.Integer(), nullable=False),
    sa.Column('unit_cents', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(account = 'holder') = (membership_id IS NOT NULL)", name=op.f('ck_share_leg_account')),
    sa.CheckConstraint('qty <> 0', name=op.f('ck_share_leg_qty')),
    sa.CheckConstraint('unit_cents > 0', name=op.f('ck_share_leg_unit_cents')),
    sa.ForeignKeyConstraint(['class_id'], ['share_class.id'], name=op.f('fk_share_leg_class_id')),
    sa.ForeignKeyConstraint(['lot_id'], ['share_lot.id'], name=op.f('fk_share_leg_lot_id')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_share_leg_membership_id')),
    sa.ForeignKeyConstraint(['tx_seq', 'effective_on'], ['share_tx.seq', 'share_tx.effective_on'], name=op.f('fk_share_leg_tx_seq_effective_on')),
    sa.PrimaryKeyConstraint('tx_seq', 'line', name=op.f('pk_share_leg')),
    info={'append_only': ('UPDATE', 'DELETE'), 'guards': [{'sqlite': ["CREATE TRIGGER share_leg_sealed BEFORE INSERT ON share_leg WHEN (NEW.line IS NOT NULL) AND (NEW.line < 1 OR NEW.line > (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) BEGIN SELECT RAISE(ABORT, 'share_leg: the transaction has all its legs'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION share_leg_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line IS NOT NULL THEN IF NEW.line < 1 OR NEW.line > (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN RAISE EXCEPTION 'share_leg: the transaction has all its legs'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER share_leg_sealed BEFORE INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_sealed()']}, {'sqlite': ["CREATE TRIGGER share_leg_balanced AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND ((SELECT count(*) FROM share_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM share_leg WHERE tx_seq = NEW.tx_seq GROUP BY class_id HAVING sum(qty) <> 0)) BEGIN SELECT RAISE(ABORT, 'share_leg: the legs do not add up to zero'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION share_leg_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT count(*) FROM share_leg WHERE tx_seq = NEW.tx_seq) <> NEW.line OR EXISTS (SELECT 1 FROM share_leg WHERE tx_seq = NEW.tx_seq GROUP BY class_id HAVING sum(qty) <> 0) THEN RAISE EXCEPTION 'share_leg: the legs do not add up to zero'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER share_leg_balanced AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_balanced()']}, {'sqlite': ["CREATE TRIGGER share_leg_exact AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND ((SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM share_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq)) GROUP BY account, membership_id, class_id, lot_id, unit_cents HAVING sum(qty) <> 0)) BEGIN SELECT RAISE(ABORT, 'share_leg: a reversal is exact'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION share_leg_exact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF (SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq) IS NOT NULL AND EXISTS (SELECT 1 FROM share_leg WHERE tx_seq IN (NEW.tx_seq, (SELECT reverses_seq FROM share_tx WHERE seq = NEW.tx_seq)) GROUP BY account, membership_id, class_id, lot_id, unit_cents HAVING sum(qty) <> 0) THEN RAISE EXCEPTION 'share_leg: a reversal is exact'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER share_leg_exact AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_exact()']}, {'sqlite': ["CREATE TRIGGER share_leg_never_negative AFTER INSERT ON share_leg WHEN (NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq)) AND (EXISTS (SELECT 1 FROM (SELECT sum(l.qty) OVER (PARTITION BY l.membership_id, l.lot_id ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, lot_id FROM share_leg WHERE tx_seq = NEW.tx_seq AND qty < 0 AND account = 'holder') t CROSS JOIN share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) r WHERE r.held < 0)) BEGIN SELECT RAISE(ABORT, 'share_leg: a balance would fall below zero'); END"], 'postgresql': ["CREATE OR REPLACE FUNCTION share_leg_never_negative() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq) THEN IF EXISTS (SELECT 1 FROM (SELECT sum(l.qty) OVER (PARTITION BY l.membership_id, l.lot_id ORDER BY l.effective_on, l.tx_seq) AS held FROM (SELECT DISTINCT membership_id, lot_id FROM share_leg WHERE tx_seq = NEW.tx_seq AND qty < 0 AND account = 'holder') t CROSS JOIN share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) r WHERE r.held < 0) THEN RAISE EXCEPTION 'share_leg: a balance would fall below zero'; END IF; END IF; RETURN NEW; END $$", 'CREATE TRIGGER share_leg_never_negative AFTER INSERT ON share_leg FOR EACH ROW EXECUTE FUNCTION share_leg_never_negative()']}]}
    )
    with op.batch_alter_table('share_leg', schema=None) as batch_op:
        batch_op.create_index('ix_share_leg_account', ['account', 'effective_on', 'qty', 'unit_cents'], unique=False)
        batch_op.create_index('ix_share_leg_lot_id', ['lot_id'], unique=False)
        batch_op.create_index('ix_share_leg_membership_id', ['membership_id', 'effective_on', 'qty', 'unit_cents'], unique=False)

    op.create_table('urn',
    sa.Column('scrutin_id', sa.Uuid(), nullable=False),
    sa.Column('ballots', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['scrutin_id'], ['scrutin.id'], name=op.f('fk_urn_scrutin_id')),
    sa.PrimaryKeyConstraint('scrutin_id', name=op.f('pk_urn')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    # ### end Alembic commands ###
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_table('urn')
    with op.batch_alter_table('share_leg', schema=None) as batch_op:
        batch_op.drop_index('ix_share_leg_membership_id')
        batch_op.drop_index('ix_share_leg_lot_id')
        batch_op.drop_index('ix_share_leg_account')

    op.drop_table('share_leg')
    op.drop_table('scrutin_tally')
    op.drop_table('scrutin_step')
    op.drop_table('scrutin_result')
    with op.batch_alter_table('role_mandate_end', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_mandate_end_mandate_id'))

    op.drop_table('role_mandate_end')
    with op.batch_alter_table('proposed_value', schema=None) as batch_op:
        batch_op.drop_index('ix_proposed_value_key')

    op.drop_table('proposed_value')
    with op.batch_alter_table('membership_event', schema=None) as batch_op:
        batch_op.drop_index('ix_membership_event_membership_id')

    op.drop_table('membership_event')
    with op.batch_alter_table('member_word', schema=None) as batch_op:
        batch_op.drop_index('ix_member_word_membership_id')

    op.drop_table('member_word')
    with op.batch_alter_table('email_consent', schema=None) as batch_op:
        batch_op.drop_index('ix_email_consent_membership_id')

    op.drop_table('email_consent')
    op.drop_table('capital_note')
    with op.batch_alter_table('capital_leg', schema=None) as batch_op:
        batch_op.drop_index('ix_capital_leg_membership_id')
        batch_op.drop_index('ix_capital_leg_bucket')

    op.drop_table('capital_leg')
    op.drop_table('statutes_figure')
    op.drop_table('statutes_college')
    op.drop_table('share_note')
    op.drop_table('share_lot')
    op.drop_table('share_class_nominal')
    with op.batch_alter_table('scrutin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scrutin_subject_hash'))
        batch_op.drop_index(batch_op.f('ix_scrutin_roll_id'))

    op.drop_table('scrutin')
    op.drop_table('scheduled_value')
    op.drop_table('roll_entry')
    with op.batch_alter_table('role_mandate', schema=None) as batch_op:
        batch_op.drop_index('ix_role_mandate_role')
        batch_op.drop_index('ix_role_mandate_account_id')

    op.drop_table('role_mandate')
    op.drop_table('rendered_document')
    op.drop_table('remote_presence')
    with op.batch_alter_table('proxy', schema=None) as batch_op:
        batch_op.drop_index('uq_proxy_one_active', sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.drop_index('ix_proxy_holder_id')

    op.drop_table('proxy')
    op.drop_table('proposal_version')
    op.drop_table('proposal_step')
    with op.batch_alter_table('proposal_comment', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_comment_proposal_id')
        batch_op.drop_index('ix_proposal_comment_author_id')

    op.drop_table('proposal_comment')
    with op.batch_alter_table('proposal_backing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposal_backing_member_id'))

    op.drop_table('proposal_backing')
    with op.batch_alter_table('party_contact', schema=None) as batch_op:
        batch_op.drop_index('ix_party_contact_party_id')

    op.drop_table('party_contact')
    with op.batch_alter_table('parameter_version', schema=None) as batch_op:
        batch_op.drop_index('uq_parameter_version_first', sqlite_where=sa.text('base_id IS NULL'), postgresql_where=sa.text('base_id IS NULL'))

    op.drop_table('parameter_version')
    with op.batch_alter_table('outbox_delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_delivery_message_id'))

    op.drop_table('outbox_delivery')
    op.drop_table('minutes_prose')
    op.drop_table('minutes_issue')
    op.drop_table('minutes_approval')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('ix_membership_status_college')
        batch_op.drop_index('ix_membership_status_category')
        batch_op.drop_index('ix_membership_status')
        batch_op.drop_index('ix_membership_sort')
        batch_op.drop_index('ix_membership_party_id')
        batch_op.drop_index('ix_membership_email')
        batch_op.drop_index('ix_membership_account_id')

    op.drop_table('membership')
    with op.batch_alter_table('login_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_link_expires_at'))
        batch_op.drop_index(batch_op.f('ix_login_link_account_id'))

    op.drop_table('login_link')
    op.drop_table('demo_character')
    op.drop_table('convocation')
    with op.batch_alter_table('change_step', schema=None) as batch_op:
        batch_op.drop_index('uq_change_step_end', sqlite_where=sa.text("state IN ('effective', 'halted', 'expired')"), postgresql_where=sa.text("state IN ('effective', 'halted', 'expired')"))

    op.drop_table('change_step')
    with op.batch_alter_table('capital_tx', schema=None) as batch_op:
        batch_op.drop_index('ix_capital_tx_share_tx_seq')

    op.drop_table('capital_tx')
    with op.batch_alter_table('attendance_event', schema=None) as batch_op:
        batch_op.drop_index('ix_attendance_event_member_id')

    op.drop_table('attendance_event')
    op.drop_table('assembly_officer')
    with op.batch_alter_table('assembly_incident', schema=None) as batch_op:
        batch_op.drop_index('ix_assembly_incident_assembly_id')

    op.drop_table('assembly_incident')
    with op.batch_alter_table('agenda_item', schema=None) as batch_op:
        batch_op.drop_index('ix_agenda_item_assembly_id')

    op.drop_table('agenda_item')
    with op.batch_alter_table('account_session', schema=None) as batch_op:
        batch_op.drop_index('ix_account_session_account_id')

    op.drop_table('account_session')
    op.drop_table('statutes')
    with op.batch_alter_table('share_tx', schema=None) as batch_op:
        batch_op.drop_index('ix_share_tx_effective_on')

    op.drop_table('share_tx')
    op.drop_table('share_class')
    op.drop_table('scheduled_change')
    op.drop_table('roll')
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_state')
        batch_op.drop_index(batch_op.f('ix_proposal_author_id'))

    op.drop_table('proposal')
    op.drop_table('party')
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_message_created_at')
        batch_op.drop_index('ix_outbox_message_about')

    op.drop_table('outbox_message')
    op.drop_table('outbox_horizon')
    with op.batch_alter_table('minutes', schema=None) as batch_op:
        batch_op.drop_index('ix_minutes_held_at')

    op.drop_table('minutes')
    with op.batch_alter_table('login_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_login_attempt_key_hash')
        batch_op.drop_index(batch_op.f('ix_login_attempt_at'))

    op.drop_table('login_attempt')
    op.drop_table('journal_payload')
    with op.batch_alter_table('journal_line', schema=None) as batch_op:
        batch_op.drop_index('ix_journal_line_about')

    op.drop_table('journal_line')
    with op.batch_alter_table('issued_document', schema=None) as batch_op:
        batch_op.drop_index('ix_issued_document_about')

    op.drop_table('issued_document')
    op.drop_table('import_batch')
    op.drop_table('demo_clock')
    with op.batch_alter_table('ballot_named', schema=None) as batch_op:
        batch_op.drop_index('ix_ballot_named_channel')

    op.drop_table('ballot_named')
    with op.batch_alter_table('assembly', schema=None) as batch_op:
        batch_op.drop_index('ix_assembly_state')
        batch_op.drop_index('ix_assembly_held_at')

    op.drop_table('assembly')
    op.drop_table('account')
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == 'postgresql':
        for statement in TRIGGERS['postgresql']:
            found = re.match(r'CREATE OR REPLACE FUNCTION (\w+\(\))', statement)
            if found:
                op.execute(f'DROP FUNCTION IF EXISTS {found[1]} CASCADE')
