"""The script that draws the figures of an analysis."""

import json

import pytest


@pytest.fixture
def run(script, tmp_path):
    """Run it on two effects, or on none."""

    def go(effects=True, simulated=True, style="apa"):
        result = {"analysis": "a", "title": "T", "measure": "SMD", "model": "random", "level": 95, "k": 2}
        rows = "study_id,label,yi,vi,sei,weight\n"
        if effects:
            result["estimate"] = {"b": 0.3, "se": 0.1, "ci_lb": 0.1, "ci_ub": 0.5, "pval": 0.003}
            rows += "s1,One,0.2,0.01,0.1,50\ns2,Two,0.4,0.01,0.1,50\n"
        else:
            result |= {"estimate": None, "not_estimable": "there are no effects to pool"}
        (tmp_path / "result.json").write_text(json.dumps(result))
        (tmp_path / "effects.csv").write_text(rows)
        script("draw_analysis").main(
            result=str(tmp_path / "result.json"),
            effects=str(tmp_path / "effects.csv"),
            figures=[
                str(tmp_path / f"out/{name}.{end}") for name in ("forest", "funnel") for end in ("svg", "pdf", "png")
            ],
            settings={
                "stamp": "exploratory",
                "favours": ["control", "treatment"],
                "review.simulated": simulated,
                "report.forest_style": style,
            },
        )
        return tmp_path / "out"

    return go


def test_it_draws_each_figure_three_times_over(run):
    folder = run()
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        f"{name}.{end}" for name in ("forest", "funnel") for end in ("svg", "pdf", "png")
    )
    svg = (folder / "forest.svg").read_text(encoding="utf-8")
    for words in ("One", "0.30 [0.10, 0.50]", "Exploratory (not registered)", "Simulated example", "treatment →"):
        assert words in svg


def test_without_effects_the_figure_says_why(run):
    svg = (run(effects=False) / "forest.svg").read_text(encoding="utf-8")
    assert "there are no effects to pool" in svg


def test_a_real_review_bears_no_banner(run):
    assert "Simulated" not in (run(simulated=False) / "forest.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("apa", "0.30 [0.10, 0.50]"),
        ("jama", "0.30 (0.10 to 0.50)"),
        ("bmj", "Weight (%)"),
        ("revman", "Study or subgroup"),
    ],
)
def test_the_forest_plot_is_laid_out_as_the_settings_say(run, style, words):
    assert words in (run(style=style) / "forest.svg").read_text(encoding="utf-8")
