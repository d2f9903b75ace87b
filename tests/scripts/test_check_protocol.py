"""The script check_protocol."""

import json

import pandas as pd
import pytest
from prismake.audit.lock import lock_text, make_lock
from prismake.messages.faults import InputFaults
from prismake.protocol.review import load_review


@pytest.fixture
def run(script, folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "results/analyses/primary").mkdir(parents=True)
    (folder / "results/analyses/primary/result.json").write_text(json.dumps({"test": "z", "not_estimable": None}))
    (folder / "ledger.csv").write_text("vote_id,decided_at\n1,2026-01-10\n2,\n")

    def go(lock=()):
        names = {n: f"results/protocol/{n}.csv" for n in ("leaves", "analyses", "deviations", "messages")}
        script("check_protocol").main(
            results=["results/analyses/primary/result.json"],
            ledger="ledger.csv",
            lock=list(lock),
            check="results/protocol/check.json",
            settings={"overrides": {}},
            **names,
        )
        return json.loads((folder / "results/protocol/check.json").read_text())

    return go


def test_it_writes_the_tables_and_says_what_began_before_the_registration(run, folder):
    check = run()
    assert check["locked"] is False
    assert check["banners"] == ["Registered on 2026-01-15, after screening began on 2026-01-10."]
    analyses = pd.read_csv(folder / "results/protocol/analyses.csv", keep_default_na=False)
    assert analyses.set_index("analysis")["run"].to_dict() == {"primary": "yes", "by_age": "no"}
    assert "protocol-not-locked" in (folder / "results/protocol/messages.csv").read_text()


def test_an_edited_leaf_stops_it_and_nothing_is_written(run, folder):
    lock = folder / "config/protocol.lock.json"
    lock.write_text(lock_text(make_lock(load_review(folder).protocol)))
    assert run([str(lock)])["locked"] is True
    (folder / "results/protocol/check.json").unlink()
    text = (folder / "config/protocol.yaml").read_text()
    (folder / "config/protocol.yaml").write_text(text.replace("test: z, subgroups", "test: t, subgroups"))
    with pytest.raises(InputFaults, match=r"analyses\.by_age\.test"):
        run([str(lock)])
    assert not (folder / "results/protocol/check.json").exists()
