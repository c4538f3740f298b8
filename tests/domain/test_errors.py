"""What a user reads when something is wrong that they can mend."""

import pytest

from pricewatch.domain.errors import Exit, Problems, SourceError, UserError, WorkspaceError


def test_a_mistake_says_where_what_and_how_to_mend_it() -> None:
    error = UserError("rule 'a': no key 'severty'", "rules/stores.yaml:6", "did you mean 'severity'?")
    assert str(error) == "rules/stores.yaml:6: rule 'a': no key 'severty'\n  fix: did you mean 'severity'?"


def test_place_and_fix_are_left_out_where_there_are_none() -> None:
    assert str(UserError("no such night")) == "no such night"
    assert str(UserError("no such night", fix="pricewatch runs")) == "no such night\n  fix: pricewatch runs"
    assert str(UserError("no such night", "runs")) == "runs: no such night"


def test_several_mistakes_are_told_in_one_go_in_their_order() -> None:
    first, second = UserError("one", "a:1", "mend one"), UserError("two", "b:2")
    with pytest.raises(Problems) as raised:
        Problems.raise_if_any([first, second])
    assert raised.value.problems == (first, second)
    assert str(raised.value) == "a:1: one\n  fix: mend one\nb:2: two"


def test_one_mistake_is_raised_as_itself_and_none_not_at_all() -> None:
    alone = WorkspaceError("in use")
    with pytest.raises(WorkspaceError) as raised:
        Problems.raise_if_any([alone])
    assert raised.value is alone
    Problems.raise_if_any([])


def test_a_failed_source_is_one_line_and_no_user_error() -> None:
    error = SourceError("ends after 12 rows, its trailer says 20", "inbox/0417.csv", "have it sent again")
    assert str(error) == "inbox/0417.csv: ends after 12 rows, its trailer says 20"
    assert error.fix == "have it sent again"
    assert not isinstance(error, UserError)


def test_exit_codes_are_a_promise_to_schedulers() -> None:
    assert {code.name: int(code) for code in Exit} == {"CLEAN": 0, "FINDINGS": 1, "USER": 2, "SOURCE": 3, "INTERNAL": 4}
