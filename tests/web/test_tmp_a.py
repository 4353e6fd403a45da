import pytest
from tests.conftest import TestClock
from tests.every_form import CASES, HTML
from tests.everything_world import busy_evening
from tests.person import tree_of, words_of
from tests.web.test_bad_input import Sender


def test_it(apps, engines):
    engines("sqlite").refresh()
    with busy_evening(apps("sqlite"), TestClock()) as evening:
        send, wrong = Sender(evening), {}
        for case in CASES:
            if not case.endpoint.startswith("shares."):
                continue
            odd = {name: kind.odd for name, kind in case.fields(evening).items() if kind.odd}
            answer = send(case, case.address(evening), case.data(evening) | odd)
            page = answer
            if answer.status_code == 303:
                page = send.clients[case.who].get(answer.location)
            if (answer.status_code, page.status_code) not in {(case.ends, 200), (case.ends, case.ends)}:
                wrong[case.endpoint + str(case.at)] = (
                    answer.status_code,
                    page.status_code,
                    words_of(tree_of(answer.text))[-1500:],
                )
            elif HTML in page.text:
                wrong[case.endpoint] = "code"
            elif answer.status_code == 422:
                print(case.endpoint, words_of(tree_of(answer.text))[-1500:])
        send.end()
        print(evening.faults())
        assert [f"{k}: {v}" for k, v in wrong.items()] == []
