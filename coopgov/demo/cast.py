"""The characters of the demonstration, constant whatever the seed."""

from dataclasses import dataclass

from coopgov.core.policy import Role


@dataclass(frozen=True, slots=True)
class Part:
    """One character: who she is, what she does, which offices she holds."""

    key: str
    given: str
    family: str
    label_fr: str
    label_en: str
    roles: tuple[Role, ...] = ()
    craft: str = ""
    is_member: bool = True

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        return f"{self.key}@exemple.fr"

    @property
    def has_shop(self) -> bool:
        return bool(self.craft)


CAST = (
    Part("awa", "Awa", "Diallo", "créatrice, céramiste\u00a0: elle propose et vote", "creator, potter: she proposes and votes", (), "céramiste"),
    Part("benoit", "Benoît", "Mercier", "créateur, ébéniste\u00a0: il porte des pouvoirs", "creator, cabinetmaker: he holds proxies", (), "ébéniste"),
    Part("helene", "Hélène", "Garnier", "présidente\u00a0: elle préside les assemblées", "president: she chairs the assemblies", (Role.BOARD,), "relieuse"),
    Part("malik", "Malik", "Haddad", "secrétaire\u00a0: il convoque et rédige les procès-verbaux", "secretary: he convenes and writes the minutes", (Role.SECRETARY, Role.BOARD)),
    Part("nadia", "Nadia", "Perrin", "trésorière\u00a0: elle tient les parts et les versements", "treasurer: she keeps shares and payments", (Role.TREASURER,)),
    Part("samir", "Samir", "Rossi", "scrutateur, luthier\u00a0: il tient la salle", "teller, luthier: he runs the room", (Role.TELLER,), "luthier"),
    Part("zoe", "Zoé", "Martin", "administratrice du site", "administrator of the site", (Role.ADMINISTRATOR,)),
    Part("olivier", "Olivier", "Roche", "réviseur coopératif\u00a0: il lit tout, ne change rien", "cooperative auditor: reads all, changes nothing", (Role.AUDITOR,), "", False),
)  # fmt: skip
