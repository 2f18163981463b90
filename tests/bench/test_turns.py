"""Actions take turns, and only rounds after the warm-up count."""

from bench import turns


def test_actions_take_turns_and_the_warm_up_does_not_count(monkeypatch):
    asked, clock = [], iter([90.0, 91.0, 1.0, 10.0, 3.0, 30.0, 2.0, 20.0])

    def seconds(action):
        action()
        return next(clock)

    monkeypatch.setattr(turns, "seconds", seconds)
    actions = {"floor": lambda: asked.append("floor"), "ours": lambda: asked.append("ours")}
    assert turns.medians_in_turns(actions, 3, warm_up=1) == {"floor": 2.0, "ours": 20.0}
    assert asked == ["floor", "ours"] * 4
