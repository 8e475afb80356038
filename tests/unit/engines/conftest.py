"""The contract suite's assertions are explained as if they stood in a test module."""

import pytest

pytest.register_assert_rewrite("tests.engine.contract.suite", "tests.engine.contract.hosts")
