from __future__ import annotations

import pytest

from cscl_data.train.schedule import Schedule, learning_rate


@pytest.mark.parametrize(
    ("schedule", "step", "share", "expected"),
    [
        (Schedule(1.0, 0.0, 0.1), 1, 0.0, 1.0),
        (Schedule(1.0, 0.0, 0.1), 5, 0.5, 0.55),
        (Schedule(1.0, 0.0, 0.1), 10, 1.0, 0.1),
        (Schedule(1.0, 0.0, 0.1), 10, 1.3, 0.1),  # a stage may overshoot by part of a step
        (Schedule(2.0, 0.2, 0.0), 1, 0.1, 1.0),
        (Schedule(2.0, 0.2, 0.0), 2, 0.2, 2.0),
        (Schedule(2.0, 0.2, 0.0), 6, 0.6, 1.0),
        (Schedule(2.0, 4, 0.0), 1, 0.01, 0.5),
        (Schedule(2.0, 4, 0.0), 3, 0.03, 1.5),
        (Schedule(2.0, 4, 0.0), 4, 0.5, 1.0),
        (Schedule(3.0, 0.01, 1.0), 50, 0.5, 3.0),
    ],
)
def test_learning_rate_table(schedule, step, share, expected):
    assert learning_rate(schedule, step=step, share=share) == pytest.approx(expected)


def test_learning_rate_never_leaves_its_range():
    schedule = Schedule(1.0, 0.05, 0.1)
    rates = [learning_rate(schedule, step=i + 1, share=(i + 1) / 200) for i in range(200)]
    peak = rates.index(max(rates))
    assert 0 < min(rates) <= max(rates) <= 1.0
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0.1)
