"""Who may read a document: pure."""

from uuid import UUID

from coopgov.core.policy import Actor, Permission

MEMBERS = ""


def may_read(owner: str, actor: Actor, member_id: UUID | None) -> bool:
    """Whether somebody may read a paper: her own, one for all members, or any with an office that sees registers.

    The owner is an account, `member:id`, `offices`, or empty when every member may.
    """
    if actor.may(Permission.REGISTERS_SEE):
        return True
    if owner == MEMBERS:
        return actor.may(Permission.DOCUMENTS_SEE)
    mine = {str(actor.account_id), f"account:{actor.account_id}"} if actor.account_id else set()
    if member_id is not None:
        mine.add(f"member:{member_id}")
    return owner in mine
