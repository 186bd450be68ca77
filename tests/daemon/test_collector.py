import subprocess
import sys

PROGRAM = """
import gc, weakref
from watchdog import collector

class Former:
    def __init__(self): self.self = self

collector.settle()
frozen = gc.get_freeze_count()
former = Former()
gone = weakref.ref(former)
collector.settle()
assert gone() is former
del former
assert gone() is not None
collector.settle()
print(frozen > 1000, gone() is None, gc.get_threshold()[0] > 700)
"""


def test_what_stands_is_set_aside_and_what_former_settings_left_is_let_go() -> None:
    """In a process of its own: the collector is one for all."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["True", "True", "True"]


def test_the_collector_rests_while_much_is_made_and_goes_on_whatever_happens() -> None:
    program = """
import gc
from watchdog import collector

try:
    with collector.paused():
        print(gc.isenabled())
        raise ValueError
except ValueError:
    print(gc.isenabled())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["False", "True"]


def test_a_verb_is_over_before_the_collector_comes_and_a_daemon_has_its_own_way() -> None:
    program = """
import gc
from watchdog import collector

collector.expect_little()
print(gc.get_threshold()[0])
collector.settle()
print(gc.get_threshold()[0], gc.isenabled())
collector.expect_nothing()
print(gc.isenabled())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["50000", "10000", "True", "False"]
