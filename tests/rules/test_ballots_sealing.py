"""The double envelope: what opens it, what does not, and that it tells nothing before."""

from itertools import combinations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey, SealedBox

from coopgov.ballots import sealing
from coopgov.ballots.sealing import BadCode, BadEnvelope

TOKEN = b"t" * 32


def test_any_two_of_three_tellers_open_and_one_alone_does_not():
    key, vote = sealing.split_key(3, 2), uuid4()
    envelope = sealing.seal_paper(key.public, vote, b"paper", token=TOKEN)
    for pair in combinations(key.parts, 2):
        opened = sealing.open_papers(sealing.joined_key(pair, key.public), vote, [envelope])
        assert opened == [b"paper".ljust(sealing.PAPER_SIZE, b"\0")]
    for one in key.parts:
        with pytest.raises(BadEnvelope):
            sealing.joined_key([one], key.public)


def test_one_teller_alone_opens_what_was_sealed_to_one():
    key = sealing.split_key(1, 1)
    assert sealing.public_of(sealing.joined_key(key.parts, key.public)) == key.public


def test_a_part_of_another_vote_does_not_open():
    key, other = sealing.split_key(3, 2), sealing.split_key(3, 2)
    with pytest.raises(BadEnvelope):
        sealing.joined_key([key.parts[0], other.parts[1]], key.public)


def test_an_envelope_of_another_vote_is_refused():
    key, vote = sealing.split_key(1, 1), uuid4()
    secret = sealing.joined_key(key.parts, key.public)
    with pytest.raises(BadEnvelope):
        sealing.open_papers(secret, uuid4(), [sealing.seal_paper(key.public, vote, b"x", token=TOKEN)])


def test_an_envelope_is_a_sealed_box_of_libsodium():
    private, vote = PrivateKey.generate(), uuid4()
    envelope = sealing.seal_paper(bytes(private.public_key), vote, b"x", token=TOKEN)
    assert SealedBox(private).decrypt(envelope).startswith(vote.bytes)


def test_the_same_ballot_sent_twice_is_one_envelope_and_all_have_one_length():
    key, vote = sealing.split_key(1, 1), uuid4()

    def seal(paper: bytes, token: bytes = TOKEN) -> bytes:
        return sealing.seal_paper(key.public, vote, paper, token=token)

    assert seal(b"yes") == seal(b"yes")
    assert seal(b"yes") != seal(b"yes", b"u" * 32)
    assert len(seal(b"")) == len(seal(b"x" * sealing.PAPER_SIZE))


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_read_as_it_was_written_whatever_the_hand(secret: bytes):
    code = sealing.code_of(secret)
    assert sealing.secret_of(code) == sealing.secret_of(code.lower().replace("-", " ")) == secret
    assert sealing.secret_of(code.replace("0", "O").replace("1", "l")) == secret


@given(st.binary(min_size=32, max_size=32), st.integers(min_value=0, max_value=50))
def test_a_wrong_letter_is_told(secret: bytes, at: int):
    code = sealing.code_of(secret).replace("-", "")
    wrong = code[:at] + ("7" if code[at] != "7" else "8") + code[at + 1 :]
    with pytest.raises(BadCode):
        sealing.secret_of(wrong)


@given(st.text(max_size=70))
def test_what_is_no_code_is_refused(text: str):
    with pytest.raises(BadCode):
        sealing.secret_of(text)
