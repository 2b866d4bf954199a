"""The model on this process's server; MODEL_SECONDS and MODEL_SEED say how long and where to begin."""

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
SEED = int(os.environ.get("MODEL_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture
def model(databases: psycopg.Connection[Any], template: Any, cluster: SimpleNamespace) -> Callable[..., Model]:
    """model(tamper="…{table}…"): a model, every world of which has had this SQL run on its tables."""

    def model(tamper: str = "") -> Model:
        return Model(databases, template.template_dbname, lambda name: dsn_of(cluster, name), tamper)

    return model
