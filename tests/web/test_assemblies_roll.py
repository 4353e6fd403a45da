"""The page of the roll says what matters, to whom it matters."""

from tests.coop_world import everything_wired


def test_the_roll_is_seen_disputed_and_answered_before_it_is_frozen(app, clock):
    coop = everything_wired(app, clock).found()
    board, awa = coop.person("helene"), coop.person("awa")
    made = board.client.post(
        "/assemblies/new",
        data={
            "kind": "ordinary",
            "held_on": "2027-01-15",
            "held_time": "18:00",
            "place": "Valence",
            "remote_vote": "y",
        },
    )
    page = made.location.replace("/prepare", "/roll")
    # Until the board opens it, an assembly in preparation does not exist for a member.
    awa.opens(page, status=404)
    board.opens(page).sees("Les associés ne voient pas encore cette liste")
    board.client.post(f"{page}/open")
    awa.opens("/").sees("Vérifiez que vous êtes sur la liste des votants")
    awa.opens(page).sees("Inscrit sur la liste", "Vous êtes associé depuis le", "chaque associé a une voix")
    awa.client.post(page, data={"text": "Mon nom est mal écrit."})
    awa.opens(page).sees("En attente de réponse", "Mon nom est mal écrit.")
    board.opens("/").sees("1 contestation de la liste attend une réponse")
    board.opens(made.location).sees("Awa Diallo conteste la liste")
    coop.person("benoit").opens(page).misses("Mon nom est mal écrit.")
    # Whoever has an office and is no member reads that it is not about her.
    coop.person("olivier").opens(page).sees("Vous n’êtes pas associé")
