"""Each paper has its list of mentions, by legal form and by day."""

from datetime import date

import pytest

from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.mentions import mentions, missing_mentions

ON = date(2026, 11, 24)
COMMON = {"date_and_place", "documents", "debate", "resolutions", "results", "technical_incident"}
OF_SARL = {"chair", "members"}
OF_SA = {"convening", "agenda", "bureau", "votes", "quorum"}


def keys(paper, form, on=ON):
    return {mention.key for mention in mentions(load_law(), paper, form=form, on=on)}


@pytest.mark.parametrize(
    ("form", "more"),
    [
        (LegalForm.SCOP_SARL, OF_SARL),
        (LegalForm.SCIC_SARL, OF_SARL),
        (LegalForm.SCOP_SA, OF_SA),
        (LegalForm.SCIC_SA, OF_SA),
        (LegalForm.LOI47_SA, OF_SA),
    ],
)
def test_minutes_say_what_their_form_asks(form, more):
    assert keys("minutes", form) == COMMON | more


def test_a_sas_has_only_the_mentions_of_every_company():
    assert keys("minutes", LegalForm.SCOP_SAS) == set()
    assert "variable_capital" in keys("papers", LegalForm.SCOP_SAS)


def test_a_paper_before_its_decree_owes_nothing():
    assert keys("scic_report", LegalForm.SCIC_SA, date(2015, 12, 31)) == set()
    assert len(keys("scic_report", LegalForm.SCIC_SA, date(2016, 1, 1))) == 6


def test_what_a_paper_lacks_comes_with_its_article():
    said = (COMMON | OF_SA) - {"quorum"}
    [lacking] = missing_mentions(load_law(), "minutes", said, form=LegalForm.SCIC_SA, on=ON)
    assert lacking.key == "quorum"
    assert "R225-106" in lacking.figure.citations[0].text


def test_a_paper_no_text_knows_is_an_error():
    with pytest.raises(KeyError):
        mentions(load_law(), "postcard", form=LegalForm.SCIC_SA, on=ON)
