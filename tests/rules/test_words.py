"""Words that no table holds: the same for the same salt and secret, read as people type them, written into mails."""

from coopgov.core.words import fill, mark_of, read_word, word_of

SECRET, SALT = "a secret for tests only, long enough", bytes(range(16))


def test_a_word_follows_from_the_secret_and_the_salt_alone():
    word = word_of(SECRET, SALT)
    assert (word == word_of(SECRET, SALT), len(word)) == (True, 14)
    assert len({word, word_of("another " + SECRET, SALT), word_of(SECRET, bytes(16))}) == 3


def test_what_people_type_is_forgiven():
    assert {read_word(typed) for typed in ("0A1B-2C3D-4E5F", "oaib 2c3d 4e5f", " OALB–2C3D—4E5F ")} == {"0A1B2C3D4E5F"}


def test_a_mark_becomes_its_word_in_mails_of_codes_and_nowhere_else():
    mail = f"Votre code : {mark_of(SALT)}."
    assert fill("assembly.code", mail, SECRET) == f"Votre code : {word_of(SECRET, SALT)}."
    assert fill("proposals.decided", mail, SECRET) == mail
