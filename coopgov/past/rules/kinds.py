"""The words of an older register: what moved, and the names it goes by in French and English."""

from enum import StrEnum
from functools import lru_cache

from coopgov.core.i18n import N_
from coopgov.members.rules import EventKind, fold
from coopgov.shares.rules import TxKind
from coopgov.treasury.rules import CapitalKind


class SheetKind(StrEnum):
    """What one sheet or file holds."""

    MEMBERS = "members"
    EVENTS = "events"
    MOVEMENTS = "movements"
    BALANCE = "balance"
    IGNORED = "ignored"


SHEET_LABELS = {
    SheetKind.MEMBERS: N_("Members"),
    SheetKind.EVENTS: N_("Events of members"),
    SheetKind.MOVEMENTS: N_("Movements of shares and money"),
    SheetKind.BALANCE: N_("Trial balance"),
    SheetKind.IGNORED: N_("Not used"),
}


def _named(words: dict[str, str], kinds: type[StrEnum]) -> dict[str, StrEnum]:
    found = {fold(kind.value): kind for kind in kinds}
    return found | {fold(word): kinds(kind) for kind, names in words.items() for word in names.split(",")}


# Words on both sides: shares move, or money does. The share kinds come first where a word could be either.
_SHARE_WORDS = {
    "subscribe": "souscription,souscrit,souscrire,achat de parts,apport,subscription,subscribed",
    "redeem": "annulation,annulation de parts,remboursement de parts,rachat,retrait de parts,reduction,redemption",
    "transfer": "cession,transfert,cede,vente de parts,transferred",
    "inherit": "succession,transmission,heritage,inheritance,inherited",
    "convert": "conversion",
    "split": "division,division des parts",
    "nominal_change": "changement de nominal,valeur nominale,change of nominal",
    "reversal": "contre passation,contrepassation,extourne,annule le mouvement,reversed",
    "opening": "reprise,a nouveau,an,solde initial,ouverture,opening balance",
}
_MONEY_WORDS = {
    "call": "appel,appel de fonds,appel du solde",
    "pay": "versement,paiement,liberation,virement,encaissement,payment,paid",
    "overpay": "trop percu,trop verse,overpayment",
    "set_off": "compensation,offset",
    "loss": "perte,imputation de pertes,pertes",
    "make_repayable": "mise en remboursement,exigible,repayable",
    "repay": "remboursement,rembourse,reimbursement,repayment,refund",
    "prescribe": "prescription",
    "gift": "abandon,don",
    "interest_declared": "interets votes,interet vote",
    "interest_withheld": "prelevement,retenue sur interets",
    "interest_paid": "interets verses,interets payes",
}
SHARE_KINDS = _named(_SHARE_WORDS, TxKind)
MONEY_KINDS = {
    word: kind for word, kind in _named(_MONEY_WORDS, CapitalKind).items() if word not in SHARE_KINDS
}  # fmt: skip
# A reversal of money is told by what it reverses.
SHARE_OR_MONEY = (TxKind.REVERSAL, TxKind.OPENING)

MONEY_KINDS |= {f"money {fold(kind.value)}": kind for kind in CapitalKind}
_EVENT_WORDS = {
    "applied": "candidature,candidat,demande,application",
    "admitted": "admission,admis,admise,entree,agrement,joined",
    "refused": "refus,refuse,refusee",
    "resigned": "demission,demissionne,demissionnaire,retrait,depart,sortie,left,resignation",
    "excluded": "exclusion,exclu,exclue,radiation",
    "deceased": "deces,decede,decedee,death,died",
    "contract_ended": "fin de contrat,rupture du contrat,fin du contrat de travail,end of contract",
    "reinstated": "reintegration,reintegre,reintegree,retour",
    "college_changed": "changement de college,college,change of college",
    "reversal": "annulation,annule",
}
EVENT_KINDS = _named(_EVENT_WORDS, EventKind)


def word_of(kind: TxKind | CapitalKind | EventKind) -> str:
    """The French word by which our own export calls it; read again, it is the same."""
    words = {TxKind: _SHARE_WORDS, CapitalKind: _MONEY_WORDS, EventKind: _EVENT_WORDS}[type(kind)]
    known = words.get(kind.value)
    if known is not None and (type(kind) is not CapitalKind or kind.value not in SHARE_KINDS):
        return known.partition(",")[0]
    return f"money {kind.value}" if isinstance(kind, CapitalKind) else kind.value


@lru_cache(maxsize=1000)
def share_kind(text: str) -> TxKind | None:
    """The movement of shares that a word names."""
    found = SHARE_KINDS.get(fold(text))
    return found if isinstance(found, TxKind) else None


@lru_cache(maxsize=1000)
def money_kind(text: str) -> CapitalKind | None:
    """The movement of money that a word names."""
    found = MONEY_KINDS.get(fold(text))
    return found if isinstance(found, CapitalKind) else None


@lru_cache(maxsize=1000)
def event_kind(text: str) -> EventKind | None:
    """What happens to a member, as a word names it."""
    found = EVENT_KINDS.get(fold(text))
    return found if isinstance(found, EventKind) else None
