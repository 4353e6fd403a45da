"""The sections of the editor: every figure statutes may set stands in one, by the beginning of its name."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from coopgov.core.figures import LegalForm
from coopgov.core.i18n import N_
from coopgov.law.book import Entry, Law


class Section(StrEnum):
    """One page of the editor."""

    IDENTITY = "identity"
    ORGANS = "organs"
    MEMBERS = "members"
    COLLEGES = "colleges"
    SHARES = "shares"
    NOTICE = "notice"
    VOTES = "votes"
    MEETING = "meeting"
    PROXIES = "proxies"
    PAPERS = "papers"
    YEAR = "year"
    FEES = "fees"


LABELS: Final[Mapping[Section, str]] = {
    Section.IDENTITY: N_("Identity and mandatory mentions"),
    Section.ORGANS: N_("Organs and terms of office"),
    Section.MEMBERS: N_("Members and admission"),
    Section.COLLEGES: N_("Colleges and their weights"),
    Section.SHARES: N_("Capital and shares"),
    Section.NOTICE: N_("Notice, e-mail and agenda"),
    Section.VOTES: N_("Quorum and majority"),
    Section.MEETING: N_("Holding the assembly, at a distance too"),
    Section.PROXIES: N_("Proxies"),
    Section.PAPERS: N_("Minutes and archives"),
    Section.YEAR: N_("Year-end"),
    Section.FEES: N_("Fees of the marketplace and proposals"),
}

# The longest beginning that fits says the section.
PREFIXES: Final[Mapping[str, Section]] = {
    "organs.": Section.ORGANS,
    "membership.": Section.MEMBERS,
    "colleges.": Section.COLLEGES,
    "capital.": Section.SHARES,
    "share.": Section.SHARES,
    "assembly.": Section.MEETING,
    "assembly.annual_": Section.NOTICE,
    "assembly.notice_": Section.NOTICE,
    "assembly.channel.": Section.NOTICE,
    "assembly.email_": Section.NOTICE,
    "assembly.items_": Section.NOTICE,
    "assembly.request_": Section.NOTICE,
    "assembly.documents_": Section.NOTICE,
    "assembly.record_": Section.NOTICE,
    "assembly.quorum.": Section.VOTES,
    "assembly.majority": Section.VOTES,
    "assembly.secret_": Section.VOTES,
    "assembly.competence.": Section.VOTES,
    "proxy.": Section.PROXIES,
    "minutes.": Section.PAPERS,
    "mentions.": Section.PAPERS,
    "retention.": Section.PAPERS,
    "year_end.": Section.YEAR,
    "terms.": Section.FEES,
}
# What statutes say that is no figure of law.
FACTS: Final[Mapping[Section, tuple[str, ...]]] = {
    Section.IDENTITY: ("name", "is_cae", "object_text", "seat", "siren", "rcs_city", "founded_on", "year_end"),
    Section.SHARES: ("share_nominal_cents",),
    Section.FEES: ("proposal_backers",),
}
FACT_LABELS: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "legal_form": N_("Legal form"),
    "is_cae": N_("It is an activity and employment cooperative (CAE)"),
    "object_text": N_("Object"),
    "seat": N_("Registered office"),
    "siren": N_("SIREN"),
    "rcs_city": N_("Town of the register of companies"),
    "founded_on": N_("Day of registration"),
    "year_end": N_("End of the financial year"),
    "share_nominal_cents": N_("Nominal value of a share"),
    "proposal_backers": N_("Backers a proposal needs"),
    "in_force_from": N_("In force from"),
}


def section_of(name: str) -> Section:
    """The section of a figure or a fact; raises KeyError for one that has none."""
    if name == "colleges" or name.startswith("college:"):
        return Section.COLLEGES
    for section, facts in FACTS.items():
        if name in facts or name == "legal_form":
            return section
    fitting = [prefix for prefix in PREFIXES if name.startswith(prefix)]
    if not fitting:
        raise KeyError(name)
    return PREFIXES[max(fitting, key=len)]


def sections_for(form: LegalForm, law: Law, on: date) -> list[Section]:
    """The sections that concern a company of that form, in their order."""
    found = {section_of(entry.name) for entry in law.entries_for(form, on=on)} | set(FACTS)
    return [section for section in Section if section in found]


def entries_of(section: Section, form: LegalForm, law: Law, on: date) -> list[Entry]:
    """The figures of a section that statutes of that form may set, in the order of the texts of law."""
    return [entry for entry in law.entries_for(form, on=on) if section_of(entry.name) is section]
