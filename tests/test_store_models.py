"""Learned models come back with their card, and no file is opened that the database does not know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import joblib
import numpy as np
import pytest
from fixture_campaign import small_campaign

from assessment.problems import AssessmentError
from assessment.store.store import Store
from models.policy_classifier import PolicyClassifier

CARD = {"says": "what_was_decided", "weights": {"want": 0.5, "can": 0.5}, "figures": {"log_loss": 0.41}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as opened:
        yield opened


@pytest.fixture
def campaign_id(store: Store) -> str:
    return store.add_campaign(small_campaign()).id


def fitted(seed: int = 1) -> PolicyClassifier:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 2))
    return PolicyClassifier().fit(x, (x.sum(1) + rng.normal(size=60) > 0).astype(int))


def file_of(store: Store, campaign_id: str, sha: str) -> Path:
    return store.folder / campaign_id / "models" / f"{sha}.joblib"


def test_a_model_comes_back_with_its_card(store: Store, campaign_id: str) -> None:
    model = fitted()
    kept = store.save_model(campaign_id, "policy", model, CARD, "T. Orlova")
    back = store.load_model(campaign_id, "policy")
    assert back is not None and (back.card, back.author, back.sha256) == (CARD, "T. Orlova", kept.sha256)
    assert back.model.weights_.tolist() == model.weights_.tolist()
    assert [(k.name, k.model) for k in store.models(campaign_id)] == [("policy", None)]


def test_a_file_with_other_bytes_is_refused_and_not_opened(store: Store, campaign_id: str, tmp_path: Path) -> None:
    kept = store.save_model(campaign_id, "policy", fitted(), CARD, "T")
    trace = tmp_path / "trace"

    class Trap:
        def __reduce__(self) -> tuple:
            return Path.write_text, (trace, "ran")

    joblib.dump(Trap(), file_of(store, campaign_id, kept.sha256))
    with pytest.raises(AssessmentError) as caught:
        store.load_model(campaign_id, "policy")
    assert caught.value.problems[0].code == "store_result_altered" and not trace.exists()


def test_a_file_laid_beside_without_the_database_is_never_found(store: Store, campaign_id: str) -> None:
    kept = store.save_model(campaign_id, "policy", fitted(), CARD, "T")
    file_of(store, campaign_id, "0" * 64).write_bytes(file_of(store, campaign_id, kept.sha256).read_bytes())
    assert store.load_model(campaign_id, "0" * 64) is None and store.load_model(campaign_id, "other") is None


def test_a_later_model_of_the_name_takes_the_place_and_the_file_goes(store: Store, campaign_id: str) -> None:
    first = store.save_model(campaign_id, "policy", fitted(1), CARD, "T")
    second = store.save_model(campaign_id, "policy", fitted(2), {**CARD, "says": "x"}, "U")
    back = store.load_model(campaign_id, "policy")
    assert back is not None and back.card["says"] == "x" and len(store.models(campaign_id)) == 1
    assert not file_of(store, campaign_id, first.sha256).exists()
    assert file_of(store, campaign_id, second.sha256).exists()


def test_the_same_bytes_under_two_names_stay_while_one_of_them_does(store: Store, campaign_id: str) -> None:
    store.save_model(campaign_id, "a", fitted(1), CARD, "T")
    store.save_model(campaign_id, "b", fitted(1), CARD, "T")
    store.save_model(campaign_id, "a", fitted(2), CARD, "T")
    assert store.load_model(campaign_id, "b") is not None


def test_a_lost_file_is_no_model(store: Store, campaign_id: str) -> None:
    kept = store.save_model(campaign_id, "policy", fitted(), CARD, "T")
    file_of(store, campaign_id, kept.sha256).unlink()
    assert store.load_model(campaign_id, "policy") is None


def test_old_results_going_leave_models_alone(store: Store, campaign_id: str) -> None:
    store.save_model(campaign_id, "policy", fitted(), CARD, "T")
    for k in range(6):
        store.save_result(campaign_id, f"k{k}", k)
    assert store.load_model(campaign_id, "policy") is not None


def test_an_erased_campaign_leaves_no_model(store: Store, campaign_id: str) -> None:
    kept = store.save_model(campaign_id, "policy", fitted(), CARD, "T")
    store.erase(campaign_id, "T. Orlova", "asked for")
    assert not file_of(store, campaign_id, kept.sha256).exists() and store.models(campaign_id) == []


def test_a_campaign_that_does_not_exist_has_no_models(store: Store) -> None:
    with pytest.raises(KeyError):
        store.save_model("c9", "policy", fitted(), CARD, "T")


def test_a_database_made_before_models_were_kept_gets_their_table(tmp_path: Path) -> None:
    import sqlite3

    with Store(tmp_path / "s.db") as made:
        campaign_id = made.add_campaign(small_campaign()).id
    with sqlite3.connect(tmp_path / "s.db") as connection:
        connection.execute("DROP TABLE models")
    with Store(tmp_path / "s.db") as again:
        assert again.models(campaign_id) == []
        again.save_model(campaign_id, "policy", fitted(), CARD, "T")
