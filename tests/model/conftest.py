"""The model on this process's server, for MODEL_SECONDS, from MODEL_SEED on.

A gate throws no dice: the seed is always the same, unless another is said. MODEL_SEED=random throws one.
"""

import os
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from tests.conftest import dsn_of
from tests.model.model import Model

SECONDS = float(os.environ.get("MODEL_SECONDS", "5"))
SAID = os.environ.get("MODEL_SEED") or "1"
SEED = random.SystemRandom().randrange(10**6) if SAID == "random" else int(SAID)


@pytest.fixture
def model(databases: psycopg.Connection[Any], template: Any, cluster: SimpleNamespace) -> Callable[..., Model]:
    """model(tamper="…{table}…"): a model, every world of which has had this SQL run on its tables."""

    def model(tamper: str = "") -> Model:
        return Model(databases, template.template_dbname, lambda name: dsn_of(cluster, name), tamper)

    return model
