"""The verdict on made-up ledgers: what breaks the promise is a violation, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from .facts import Fault, FaultKind, Job, Language, Publish, Remains, Run, Step, freeze_kind, task_id
from .verdict import Verdict, judge

ONE = Job(1, (Step(Language.PYTHON, 0.0),))
CHAIN = Job(1, (Step(Language.PYTHON, 0.0), Step(Language.NODE, 0.0)))
CHORD = Job(1, (Step(Language.PYTHON, 0.0),) * 3, is_chord=True)
RETRIED = Job(1, (Step(Language.PYTHON, 0.0, retries=1),))
SENT = Publish(1, 0.0, 0.1)
IN_DOUBT = replace(SENT, error="ConnectionError()")
EMPTY = {"unacked": 0, "unacked_index": 0, "celery.leases": 0}
FIRST = Run(1, 0, 0, "a@h/1:1", 11, redelivered=False, began=1.0, ended=2.0, outcome="end")
CUT_SHORT = replace(FIRST, ended=None, outcome=None)
AGAIN = replace(FIRST, tag="b@h/2:1", pid=22, redelivered=True, began=8.0, ended=9.0)
KILL = Fault(FaultKind.KILL, 1.5, 1.6, Language.PYTHON, "a@h", 11, {"a@h/1:1": "1-0"})
CHILD = Fault(FaultKind.KILL_CHILD, 1.5, 1.6, Language.PYTHON, "a@h", 11)


def verdict_on(
    runs: Sequence[Run],
    faults: Sequence[Fault] = (),
    job: Job = ONE,
    publish: Publish = SENT,
    remains: Remains | None = None,
) -> Verdict:
    states = {task_id(run.number, run.step): "SUCCESS" for run in runs if run.outcome == "end"}
    return judge([job], [publish], runs, faults, remains or Remains(EMPTY, (), states))


def test_a_task_that_ran_once_is_as_it_should_be() -> None:
    verdict = verdict_on([FIRST])
    assert not verdict.violations
    assert (verdict.confirmed, verdict.runs, verdict.explained) == (1, 1, ())


def test_a_confirmed_task_that_never_ran_is_lost() -> None:
    verdict = verdict_on([])
    assert verdict.lost == ("1-0",)
    assert verdict.violations == ("lost: 1-0",)


def test_a_confirmed_task_without_an_end_is_lost_even_after_a_kill() -> None:
    assert verdict_on([CUT_SHORT], [KILL]).violations == ("lost: 1-0",)


def test_a_chain_whose_second_task_never_ran_is_lost() -> None:
    assert verdict_on([FIRST], job=CHAIN).lost == ("1-1",)


def test_a_publish_in_doubt_is_counted_separately() -> None:
    ran, missing = verdict_on([FIRST], publish=IN_DOUBT), verdict_on([], publish=IN_DOUBT)
    assert not ran.violations
    assert not missing.violations
    assert (ran.confirmed, ran.in_doubt, ran.in_doubt_and_run) == (0, (1,), 1)
    assert (missing.in_doubt, missing.in_doubt_and_run) == ((1,), 0)


def test_a_repeat_beside_a_living_worker_is_a_violation() -> None:
    verdict = verdict_on([FIRST, AGAIN])
    assert [repeat.run for repeat in verdict.unexplained] == [AGAIN]
    assert "repeated without a reason" in verdict.violations[0]


def test_a_killed_worker_explains_a_repeated_task() -> None:
    verdict = verdict_on([CUT_SHORT, AGAIN], [KILL])
    assert not verdict.violations
    assert [repeat.excuse for repeat in verdict.explained] == [KILL]
    assert verdict.most_repeats_of_a_kill == 1
    assert verdict.recoveries == (AGAIN.began - KILL.began,)


def test_a_kill_explains_one_repeat_of_a_message_and_not_two() -> None:
    third = replace(AGAIN, tag="c@h/3:1", began=10.0, ended=11.0)
    assert [repeat.run for repeat in verdict_on([CUT_SHORT, AGAIN, third], [KILL]).unexplained] == [third]


def test_a_kill_explains_nothing_that_its_worker_did_not_hold() -> None:
    elsewhere = replace(KILL, held={"a@h/1:2": "2-0"})
    assert verdict_on([FIRST, AGAIN], [elsewhere]).unexplained


def test_a_kill_explains_no_repeat_that_came_before_it() -> None:
    later = replace(KILL, began=8.5, ended=8.6)
    assert verdict_on([FIRST, AGAIN], [later]).unexplained


def test_a_lost_pool_process_explains_only_the_task_that_it_ran() -> None:
    other_child = replace(CHILD, pid=12)
    assert not verdict_on([CUT_SHORT, AGAIN], [CHILD]).violations
    assert verdict_on([CUT_SHORT, AGAIN], [other_child]).unexplained


def test_a_lost_pool_process_does_not_explain_what_it_ran_before() -> None:
    newer = replace(FIRST, number=2, tag="a@h/1:2", began=1.2, ended=1.4)
    runs = [FIRST, newer, AGAIN]
    verdict = judge(
        [ONE, replace(ONE, number=2)],
        [SENT, replace(SENT, number=2)],
        runs,
        [CHILD],
        Remains(EMPTY, (), {"1-0": "SUCCESS", "2-0": "SUCCESS"}),
    )
    assert [repeat.run for repeat in verdict.unexplained] == [AGAIN]


def test_a_killed_process_and_a_cut_connection_explain_two_repeats() -> None:
    cut_off = replace(KILL, kind=FaultKind.LONG_FREEZE, began=1.7, ended=7.7)
    retried = replace(AGAIN, attempt=1, tag="c@h/3:1", redelivered=False, began=8.5, ended=9.5)
    assert not verdict_on([CUT_SHORT, AGAIN, retried], [CHILD, cut_off]).violations
    assert verdict_on([CUT_SHORT, AGAIN, retried], [cut_off]).unexplained


def test_a_connection_cut_longer_than_a_lease_explains_a_repeat() -> None:
    assert not verdict_on([FIRST, AGAIN], [replace(KILL, kind=FaultKind.LONG_FREEZE)]).violations


@pytest.mark.parametrize(
    "kind", [FaultKind.CUT, FaultKind.FREEZE, FaultKind.CLIENT_KILL, FaultKind.RESTART, FaultKind.TERM]
)
def test_what_a_worker_survives_in_time_explains_no_repeat(kind: FaultKind) -> None:
    assert verdict_on([FIRST, AGAIN], [replace(KILL, kind=kind)]).unexplained


def test_an_unfinished_run_on_a_living_worker_is_a_violation() -> None:
    violations = verdict_on([CUT_SHORT, AGAIN]).violations
    assert any("never finished by a worker that lived" in violation for violation in violations)


def test_two_runs_with_one_tag_are_a_violation_even_after_a_kill() -> None:
    same_tag = replace(AGAIN, tag=FIRST.tag)
    assert any(
        "twice under one tag" in violation
        for violation in verdict_on([CUT_SHORT, same_tag], [KILL]).violations
    )


def test_a_retry_is_no_repeat() -> None:
    asked = replace(FIRST, outcome="retry")
    verdict = verdict_on([asked, replace(AGAIN, attempt=1, redelivered=False)], job=RETRIED)
    assert not verdict.violations
    assert not verdict.explained


def test_a_second_retry_that_nobody_asked_for_is_a_violation() -> None:
    asked = replace(FIRST, outcome="retry")
    retry = replace(AGAIN, attempt=1, redelivered=False)
    twice = replace(retry, tag="b@h/2:2", began=10.0, ended=11.0)
    assert verdict_on([asked, retry, twice], job=RETRIED).unexplained


def test_a_disturbed_worker_may_have_sent_a_chains_next_task_twice() -> None:
    second = replace(AGAIN, step=1, redelivered=False)
    copy = replace(second, tag="b@h/2:2", began=10.0, ended=11.0)
    cut = Fault(FaultKind.CUT, 1.5, 1.6, Language.PYTHON, "a@h")
    assert not verdict_on([FIRST, second, copy], [cut], CHAIN).violations
    assert verdict_on([FIRST, second, copy], [replace(cut, worker="c@h")], CHAIN).unexplained


@pytest.mark.parametrize(("seconds", "is_explained"), [(4.0, False), (6.0, True)])
def test_two_unanswered_sends_explain_three_copies(seconds: float, is_explained: bool) -> None:
    second = replace(AGAIN, step=1, redelivered=False)
    copies = [replace(second, tag=f"b@h/2:{n}", began=10.0 + n, ended=10.5 + n) for n in range(2)]
    freeze = Fault(FaultKind.LONG_FREEZE, 2.1, 2.1 + seconds, Language.PYTHON, "a@h")
    assert bool(verdict_on([FIRST, second, *copies], [freeze], CHAIN).unexplained) is not is_explained


def test_a_redelivered_message_is_not_a_second_send() -> None:
    second = replace(AGAIN, step=1)
    copy = replace(second, tag="b@h/2:2", began=10.0, ended=11.0)
    cut = Fault(FaultKind.CUT, 1.5, 1.6, Language.PYTHON, "a@h")
    assert verdict_on([FIRST, second, copy], [cut], CHAIN).unexplained


def test_a_repeated_task_explains_a_repeated_next_task() -> None:
    second = replace(AGAIN, step=1, tag="b@h/2:2", redelivered=False, began=9.5, ended=9.6)
    copy = replace(second, tag="b@h/2:3", began=10.0, ended=11.0)
    verdict = verdict_on([FIRST, AGAIN, second, copy], [KILL], CHAIN)
    assert not verdict.violations
    assert len(verdict.explained) == 2


# The first part of CHORD is FIRST, on a worker that is killed at its end, then AGAIN; the other is this.
OTHER_PART = replace(FIRST, step=1, tag="c@h/3:1", pid=33, began=9.0, ended=12.0)
BODY = Run(1, 2, 0, "b@h/2:2", 22, redelivered=False, began=12.1, ended=12.2, outcome="end")
BODY_COPY = replace(BODY, tag="b@h/2:3", began=13.0, ended=13.1)
KILL_AFTER = replace(KILL, began=2.1, ended=2.2)


def test_a_chord_body_runs_once_although_a_part_ran_twice() -> None:
    verdict = verdict_on([FIRST, AGAIN, OTHER_PART, BODY], [KILL_AFTER], CHORD)
    assert (verdict.violations, verdict.chords, verdict.bodies_repeated) == ((), 1, 0)


def test_a_repeated_part_does_not_explain_a_repeated_body() -> None:
    verdict = verdict_on([FIRST, AGAIN, OTHER_PART, BODY, BODY_COPY], [KILL_AFTER], CHORD)
    assert [repeat.run for repeat in verdict.unexplained] == [BODY_COPY]
    assert verdict.bodies_repeated == 1


def test_a_disturbed_last_part_explains_a_second_body() -> None:
    cut = Fault(FaultKind.CUT, 11.5, 12.1, Language.PYTHON, "c@h")
    verdict = verdict_on([FIRST, AGAIN, OTHER_PART, BODY, BODY_COPY], [KILL_AFTER, cut], CHORD)
    assert (verdict.violations, verdict.bodies_repeated) == ((), 1)


def test_a_second_body_may_run_before_the_first_comes_back() -> None:
    """A killed worker held the first body and had not started it."""
    kill = replace(KILL, began=12.0, ended=12.05, worker="c@h", held={"c@h/3:9": "1-2"})
    fresh, returned = BODY, replace(BODY_COPY, redelivered=True)
    verdict = verdict_on([FIRST, OTHER_PART, fresh, returned], [kill], CHORD)
    assert (verdict.violations, verdict.bodies_repeated) == ((), 1)
    assert verdict_on([FIRST, OTHER_PART, fresh, returned], job=CHORD).unexplained


def test_a_body_redelivered_from_a_lost_worker_was_sent_once() -> None:
    held = replace(KILL, began=12.15, ended=12.16, worker="b@h", held={BODY.tag: "1-2"})
    runs = [FIRST, OTHER_PART, replace(BODY, ended=None, outcome=None), replace(BODY_COPY, redelivered=True)]
    verdict = verdict_on(runs, [held], CHORD)
    assert (verdict.violations, verdict.bodies_repeated) == ((), 0)


@pytest.mark.parametrize("key", EMPTY)
def test_what_is_left_on_the_server_is_a_violation(key: str) -> None:
    remains = Remains(EMPTY | {key: 2}, (), {"1-0": "SUCCESS"})
    assert verdict_on([FIRST], remains=remains).violations == (f"2 left in {key}",)


def test_a_dead_letter_is_a_violation() -> None:
    remains = Remains(EMPTY, (("rejected", "1-0"),), {"1-0": "SUCCESS"})
    assert verdict_on([FIRST], remains=remains).violations == ("dead letter: 1-0, rejected",)


@pytest.mark.parametrize("state", ["FAILURE", "RETRY"])
def test_a_wrong_stored_result_of_a_finished_task_is_a_violation(state: str) -> None:
    remains = Remains(EMPTY, (), {"1-0": state})
    assert verdict_on([FIRST], remains=remains).violations == (f"1-0 ended and has {state} stored",)


FAILOVER = Fault(FaultKind.FAILOVER, 1.5, 6.0, elected=3.0)
LATE = replace(SENT, began=1.4, ended=1.45)


def test_what_a_failover_did_not_replicate_is_counted_separately() -> None:
    verdict = verdict_on([], [FAILOVER], publish=LATE)
    assert (verdict.lost, verdict.not_replicated, verdict.violations) == ((), ("1-0",), ())


def test_what_was_confirmed_long_before_a_failover_may_not_be_lost() -> None:
    assert verdict_on([], [FAILOVER], publish=SENT).lost == ("1-0",)


def test_a_chain_whose_link_was_sent_during_a_failover_may_end_there() -> None:
    verdict = verdict_on([replace(FIRST, began=1.0, ended=2.0)], [FAILOVER], CHAIN)
    assert (verdict.lost, verdict.not_replicated) == ((), ("1-1",))


def test_a_message_that_was_held_through_a_failover_runs_once() -> None:
    held = replace(FIRST, began=0.5, ended=7.0)
    assert verdict_on([held, AGAIN], [FAILOVER]).unexplained


def test_a_message_that_was_taken_during_a_failover_may_run_again() -> None:
    verdict = verdict_on([replace(FIRST, began=1.6, ended=7.0), AGAIN], [FAILOVER])
    assert [repeat.excuse for repeat in verdict.explained] == [FAILOVER]


def test_work_after_a_failover_is_measured_from_its_begin() -> None:
    first = replace(FIRST, began=3.5, ended=7.0)
    assert verdict_on([first], [FAILOVER]).resumptions == (2.0,)


@pytest.mark.parametrize("states", [{}, {"1-0": "RETRY"}])
def test_a_result_that_was_stored_during_a_failover_may_be_missing(states: dict[str, str]) -> None:
    without = Remains(EMPTY, (), states)
    verdict = verdict_on([FIRST], [FAILOVER], remains=without)
    assert (verdict.not_replicated, verdict.violations) == (("1-0",), ())
    assert verdict_on([replace(FIRST, ended=7.0)], [FAILOVER], remains=without).violations


@pytest.mark.parametrize(
    ("seconds", "kind"),
    [
        (1.6, FaultKind.FREEZE),
        (2.6, FaultKind.FREEZE),
        (2.7, FaultKind.LONG_FREEZE),
        (6.4, FaultKind.LONG_FREEZE),
    ],
)
def test_a_freeze_counts_by_its_real_length(seconds: float, kind: FaultKind) -> None:
    assert freeze_kind(seconds, lease_s=4) is kind
