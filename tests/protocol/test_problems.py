"""Problem documents keep their codes, and anything else that fails becomes one."""

from __future__ import annotations

import pytest

from app.protocol.problems import ProblemCode, problem, read_problem, refused


@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_code_has_a_status_and_a_title_and_is_read_back(code: ProblemCode):
    said = problem(code, "in detail", field="data", epoch="e", head=3, retry_after=1.5)

    assert read_problem(said.status, said.encoded()) == said
    assert 400 <= said.status < 600
    assert said.title
    assert said.type.endswith(code)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, ProblemCode.UNAUTHENTICATED),
        (403, ProblemCode.FORBIDDEN),
        (404, ProblemCode.NOT_FOUND),
        (413, ProblemCode.TOO_LARGE),
        (429, ProblemCode.RATE_LIMITED),
        (502, ProblemCode.INTERNAL),
        (503, ProblemCode.OVERLOADED),
        (507, ProblemCode.STORAGE_FULL),
    ],
)
def test_what_a_proxy_says_is_understood_by_its_status(status: int, code: ProblemCode):
    assert read_problem(status, b"<html>Bad gateway</html>").code is code


def test_a_refusal_says_what_and_why():
    error = refused(ProblemCode.TOO_LARGE, "at most 500 events")

    assert "at most 500 events" in str(error)
    assert error.advice
