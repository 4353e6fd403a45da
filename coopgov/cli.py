"""The commands: one word each, plain French, a non-zero exit when something is wrong."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from coopgov.config import BadSetting, Config, read_config
from coopgov.core.figures import LegalForm
from coopgov.core.starting import starting


@click.group()
def main() -> None:
    """Coopgov : adhésion, votes et documents d'une coopérative."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the application, inside its context; a bad setting is a sentence, not a trace."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        config = config_or_exit()
        with starting():
            from coopgov.app import create_app
            from coopgov.core.db import db

            app = create_app(config)
        with app.app_context():
            try:
                return command(app, *args, **kwargs)
            finally:
                db.session.remove()
                db.engine.dispose()

    return run


def config_or_exit() -> Config:
    """The settings, or their fault as one sentence on the error stream and exit code 2."""
    try:
        return read_config()
    except BadSetting as fault:
        click.echo(str(fault), err=True)
        sys.exit(2)


@main.command()
def doctor() -> None:
    """Dit ce qui manque, et pour quoi."""
    from coopgov.doctor import examine

    findings = examine(config_or_exit())
    for finding in findings:
        click.echo(f"{'✓' if finding.ok else '✗'} {finding.what}" + ("" if finding.ok else f"\n    {finding.remedy}"))
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command()
@with_app
def migrate(app: Any) -> None:
    """Met la base de données au format de cette version."""
    from coopgov.migrating import upgrade

    click.echo("La base est à jour." if upgrade() else "La base était déjà à jour.")


@main.command()
@click.option("--no-worker", is_flag=True, help="Sans les travaux de fond (un autre processus s'en charge).")
def serve(*, no_worker: bool) -> None:
    """Lance le site et ses travaux de fond ; Ctrl-C arrête tout."""
    from coopgov.serving import serve as run

    sys.exit(run(config_or_exit(), with_worker=not no_worker))


@main.command()
def worker() -> None:
    """Lance les travaux de fond seuls : courriels, effets des décisions, documents."""
    import logging

    config = config_or_exit()
    with starting():
        from coopgov.app import create_app
        from coopgov.jobs import run_worker

        app = create_app(config)
    logging.basicConfig(level=logging.WARNING, format="%(name)s %(levelname)s %(message)s")
    logging.getLogger("coopgov").setLevel(logging.INFO)
    # One sweep at a time is the rule here, so a sweep skipped for that reason is no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    run_worker(app)


@main.command()
@click.option(
    "--form", type=click.Choice(["scop-sa", "scic-sa", "loi47-sa"]), default="scop-sa", help="Forme juridique."
)
@click.option("--seed", type=int, default=2017, help="Graine du hasard : même graine, même coopérative.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Jour de référence (aujourd'hui par défaut).")
@click.option("--year", is_flag=True, help="Joue une année entière et raconte chaque étape.")
@with_app
def demo(app: Any, *, form: str, seed: int, on: datetime | None, year: bool) -> None:
    """Remplit une base vide avec la coopérative de démonstration."""
    from coopgov.core import clock
    from coopgov.core.dates import paris_day
    from coopgov.demo.data import fill, is_empty, play_a_year
    from coopgov.demo.plan import Plan
    from coopgov.migrating import upgrade

    upgrade()
    if not is_empty():
        click.echo("La base contient déjà une coopérative : rien n'a été changé.", err=True)
        sys.exit(1)
    plan = Plan(form=form, seed=seed, today=on.date() if on else paris_day(clock.now()))
    (play_a_year if year else fill)(app, plan, click.echo)


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--for-real", is_flag=True, help="Écrit pour de bon ; sans cela, dit seulement ce qui serait fait.")
@with_app
def import_members(app: Any, file: Path, *, for_real: bool) -> None:
    """Importe des associés d'un fichier CSV ou XLSX."""
    from coopgov.members.importing import import_file

    report = import_file(file.name, file.read_bytes(), for_real=for_real)
    for line in report.lines():
        click.echo(line)
    sys.exit(0 if report.ok else 1)


@main.command("import-past")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Quelle colonne est quoi (JSON)."
)
@click.option("--print-mapping", is_flag=True, help="Écrit la correspondance devinée, à corriger.")
@click.option("--dry-run/--seal", "dry", default=True, help="Essai à blanc (par défaut), ou écriture définitive.")
@click.option("--reason", "reasons", multiple=True, metavar="CODE=MOTIF", help="Pourquoi une remarque est acceptée.")
@click.option("--faults", type=click.Path(dir_okay=False, path_type=Path), help="Écrit toutes les fautes dans ce CSV.")
@with_app
def import_past(
    app: Any, *, files: tuple[Path, ...], dry: bool, print_mapping: bool, reasons: tuple[str, ...], **more: Any
) -> None:
    """Reprend le passé d'un ancien registre : associés, événements, mouvements, balance (CSV ou XLSX)."""
    from coopgov.core.errors import RuleBroken
    from coopgov.past import command
    from coopgov.web.filters import sentence

    try:
        told = command.read_reasons(reasons)
    except ValueError:
        click.echo("--reason : écrire CODE=MOTIF, le code comme l'essai à blanc le donne.", err=True)
        sys.exit(2)
    sandbox = app.extensions["coopgov.config"].data_dir / "past" / "terminal.sqlite3"
    asked = command.Asked(files, sandbox, reasons=told, **more)
    try:
        if print_mapping:
            click.echo(command.mapping_lines(asked))
            return
        with click.progressbar(length=1000, label="Lecture" if dry else "Écriture", file=sys.stderr) as bar:
            tell = _bar_teller(bar)
            lines: list[str] = []
            fine = command.try_past(asked, lines.append, tell) if dry else command.seal_past(asked, lines.append, tell)
        click.echo("\n".join(lines))
    except RuleBroken as refusal:
        for breach in refusal.breaches:
            click.echo(f"✗ {sentence(breach)}", err=True)
        sys.exit(1)
    sys.exit(1 if fine is False else 0)


def _bar_teller(bar: Any) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        bar.update(max(0, 1000 * done // max(total, 1) - bar.pos))

    return tell


@main.command()
@click.option(
    "--head", "held", metavar="TÊTES", help="Les têtes notées la fois précédente, ou imprimées sur un registre."
)
@with_app
def verify(app: Any, *, held: str | None) -> None:
    """Recalcule le journal, les registres et l'empreinte des documents."""
    from coopgov.registers.documents import heads_now
    from coopgov.registers.verify import check_held, verify_all
    from coopgov.web.acts import reading

    expected = _heads_or_exit(held) if held else {}
    faults = [*verify_all(reading(), app.extensions["coopgov.config"].documents_dir), *check_held(reading(), expected)]
    for fault in faults:
        click.echo(f"✗ {fault.where} : {fault.what}", err=True)
    heads = heads_now(reading())
    if not faults:
        size, _colon, told = heads.journal.partition(":")
        click.echo(f"✓ Aucune anomalie. Journal : {size} lignes, tête {told}.")
        click.echo(f"  À noter hors de cette machine, pour la prochaine fois : --head {heads.written}")
    sys.exit(1 if faults else 0)


def _heads_or_exit(held: str) -> Any:
    from coopgov.registers.verify import read_heads

    try:
        return read_heads(held)
    except ValueError:
        click.echo(
            "--head : écrire TAILLE:EMPREINTE (le journal), ou journal=…,parts=…,argent=… comme sur un registre imprimé.",
            err=True,
        )
        sys.exit(2)


@main.command("administrator")
@click.argument("email")
@click.argument("name")
@with_app
def first_administrator(app: Any, email: str, name: str) -> None:
    """Ouvre le compte d'une première personne qui administre le site."""
    from coopgov.accounts import service
    from coopgov.core.policy import Role
    from coopgov.web.acts import begin_system_act

    with begin_system_act() as act:
        account_id = service.create_account(act, email=email, name=name)
        service.grant_role(
            act, account_id=account_id, role=Role.ADMINISTRATOR, from_day=act.today, decision="installation"
        )
        service.request_link(act, email=email)
    click.echo(
        f"Compte ouvert. Un lien de connexion part à {email} ; sinon, demandez-en un sur {app.extensions['coopgov.config'].base_url}."
    )


_form = click.option("--form", "form_name", metavar="FORME", help="Une forme juridique (scop-sarl, scic-sa…).")
_on = click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Un jour (aujourd'hui par défaut).")


@main.group()
def statutes() -> None:
    """Statuts : modèles prêts, et l'adoption des premiers."""


@statutes.command("ready")
def statutes_ready() -> None:
    """Les statuts prêts, un par forme juridique usuelle."""
    from coopgov.statutes.ready import ready_names, ready_set

    for name in ready_names():
        text = ready_set(name)
        click.echo(f"{name:<12} {text.legal_form:<10} {len(text.figures)} chiffres, {len(text.colleges)} collèges")


@statutes.command("print")
@click.argument("name", metavar="MODÈLE")
def statutes_print(*, name: str) -> None:
    """Un modèle comme il est écrit : à copier dans un fichier, à compléter, puis à adopter."""
    from coopgov.statutes.ready import ready_names, ready_text

    if name not in ready_names():
        click.echo(f"Aucun modèle « {name} ». Il y a : {', '.join(ready_names())}.", err=True)
        sys.exit(2)
    click.echo(ready_text(name), nl=False)


@statutes.command("adopt")
@click.argument("what", metavar="MODÈLE|FICHIER")
@click.option("--decision", required=True, help="La décision qui les a votés (« assemblée constitutive »).")
@_on
@with_app
def statutes_adopt(_app: Any, *, what: str, decision: str, day: datetime | None) -> None:
    """Adopte les statuts d'un modèle ou d'un fichier, en vigueur un jour."""
    from coopgov.core.errors import RuleBroken
    from coopgov.statutes import service
    from coopgov.statutes.ready import BadStatutes, read_statutes, ready_names, ready_set
    from coopgov.web.acts import begin_system_act
    from coopgov.web.filters import sentence

    try:
        path = Path(what)
        text = ready_set(what) if what in ready_names() else read_statutes(path.read_text("utf-8"), path.name)
        with begin_system_act() as act:
            service.adopt_statutes(act, text=text, in_force_from=_day_or_today(day), decision=decision)
    except FileNotFoundError:
        click.echo(
            f"✗ « {what} » n'est ni un fichier ni un modèle. Les modèles : {', '.join(ready_names())}.", err=True
        )
        sys.exit(2)
    except (BadStatutes, OSError, UnicodeDecodeError) as fault:
        click.echo(f"✗ {fault}", err=True)
        sys.exit(2)
    except RuleBroken as refusal:
        for breach in refusal.breaches:
            articles = " ; ".join(citation.text for citation in breach.citations)
            click.echo(f"✗ {breach.field} : {sentence(breach)}" + (f" ({articles})" if articles else ""), err=True)
        sys.exit(1)
    click.echo(f"✓ « {text.name} » : statuts adoptés, en vigueur le {_day_or_today(day):%d/%m/%Y}.")


@main.group()
def law() -> None:
    """Consulte les chiffres de la loi : valeurs, histoire, vérifications."""


@law.command("list")
@_form
@_on
def law_list(*, form_name: str | None, day: datetime | None) -> None:
    """Les chiffres en vigueur un jour, pour une forme juridique ou pour toutes."""
    from coopgov.law.loader import load_law
    from coopgov.law.telling import list_lines

    click.echo("\n".join(list_lines(load_law(), form=_legal_form_or_exit(form_name), on=_day_or_today(day))))


@law.command("show")
@click.argument("name", metavar="CHIFFRE")
@_form
def law_show(*, name: str, form_name: str | None) -> None:
    """Un chiffre et toute son histoire : jours, valeurs, articles, marge des statuts ; ou les chiffres d'un groupe."""
    from coopgov.law.loader import load_law
    from coopgov.law.telling import group_lines, near_names, show_lines

    book, form, on = load_law(), _legal_form_or_exit(form_name), _day_or_today(None)
    if name in book:
        click.echo("\n".join(show_lines(book, name, form=form, on=on)))
    elif group := group_lines(book, name, form=form, on=on):
        click.echo("\n".join(group))
    else:
        near = ", ".join(near_names(book, name))
        click.echo(f"Aucun texte ne connaît « {name} »." + (f" Peut-être : {near}." if near else ""), err=True)
        sys.exit(2)


@law.command("doubts")
@_form
@_on
def law_doubts(*, form_name: str | None, day: datetime | None) -> None:
    """Les chiffres en vigueur qui n'ont pas été lus à leur source d'aujourd'hui, les moins sûrs d'abord."""
    from coopgov.law.loader import load_law
    from coopgov.law.telling import doubt_lines

    click.echo("\n".join(doubt_lines(load_law(), form=_legal_form_or_exit(form_name), on=_day_or_today(day))))


@law.command("due")
@_on
def law_due(*, day: datetime | None) -> None:
    """Les chiffres que personne n'a vérifiés depuis un an."""
    from coopgov.law.loader import load_law
    from coopgov.law.telling import due_lines

    click.echo("\n".join(due_lines(load_law(), on=_day_or_today(day))))


def _day_or_today(day: datetime | None) -> date:
    from coopgov.core import clock
    from coopgov.core.dates import paris_day

    return day.date() if day else paris_day(clock.now())


def _legal_form_or_exit(name: str | None) -> LegalForm | None:
    if name is None:
        return None
    if name in set(LegalForm):
        return LegalForm(name)
    click.echo(f"--form : « {name} » n'est pas une forme connue. Les formes : {', '.join(LegalForm)}.", err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
