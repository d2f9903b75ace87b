"""The manuscript check gives no false alarm on what texts truly say, and finds what is wrong beside it."""

import pytest
from prismake.audit.manuscript import check_manuscript
from prismake.audit.sentences import Sentence, normal, read_sentences

ALARMS = ("contradicted", "incoherent")

# The flow of an invented review.
FLOW = {
    "database_results": 1502, "register_results": 18, "duplicates": 475, "records_screened": 1039, "records_excluded": 945,
    "dbr_sought_reports": 94, "dbr_notretrieved_reports": 6, "dbr_assessed": 88, "dbr_excluded": 62, "other_assessed": 12,
    "other_excluded": 9, "total_studies": 17, "new_studies": 17,
}  # fmt: skip
NUMBERS = {**{f"flow.{box}": count for box, count in FLOW.items()}, "primary.k": 9}


def alarms(sentence: str, numbers: dict[str, float] | None = None) -> list[str]:
    """What is wrong in a sentence."""
    found = check_manuscript([Sentence(1, normal(sentence))], numbers)
    return [row.quantity for row in found.itertuples() if row.verdict in ALARMS]


PARTS = """\
Five studies included adolescents.
Ten studies included a waiting-list control group.
Two reviewers independently screened 200 records in a pilot phase.
A random sample of 100 records was screened by a third reviewer.
Citation searching identified 45 further records.
Scopus identified 599 records and Web of Science 501.
We identified 599 records in Scopus, 402 in PsycInfo and 501 in Web of Science.
In the previous review, 12 studies were included.
Of the 17 included studies, nine were pooled.
Nine studies were included in the meta-analysis.
Four studies were included in the subgroup analysis of adolescents.
Three studies were included in the sensitivity analysis without high risk of bias.
Six studies were included in the network.
Eight studies were excluded from the meta-analysis because data were missing.
Three reports were excluded because the population was wrong.
Of the 71 reports excluded, 23 had the wrong population.
Only two trials met criteria for low risk of bias.
Two trials were included only in the narrative synthesis.
Three of the included studies were included twice.
Each of the 17 studies included between 20 and 400 participants.
The studies included 2,431 participants in total.
The two largest studies included 300 and 250 participants.
One study included three arms.
Twelve duplicates were removed by hand.
We removed 20 duplicates within Scopus before export.
In the update search, 120 records were screened.
The machine-learning tool screened 500 records before stopping.
After screening 50 records, the reviewers met to discuss conflicts.
Five records were excluded as retracted.
Conflicts over 31 records were resolved by a third reviewer.
We excluded 12 records published before 1990.
Seven full texts were assessed by a Spanish-speaking colleague.
Six reports were sought from authors.
We contacted authors of five reports that could not be retrieved.
Studies were included if they had at least 10 participants per arm.
We included 17 studies with 20 reports.
Fifteen studies were included in Europe.
We included randomised trials with 2 or more arms.
Reviewers screened 50 records per hour on average.
In total, 17 trials were eligible.
The searches of Scopus, PsycInfo and Web of Science identified 1,502 records.
Two studies met the inclusion criteria of our subgroup analysis.
Seventeen of 88 reports (19.3%) met the inclusion criteria.
A total of 1,039 records was screened, of which 945 (91%) were excluded.
"""


@pytest.mark.parametrize("sentence", PARTS.splitlines())
def test_counts_of_a_part_or_of_another_search_are_not_held_against_the_whole(sentence: str) -> None:
    assert alarms(sentence, NUMBERS) == []


WHOLES = """\
Eighteen studies were included.
We included 18 studies with 20 reports.
We assessed 89 full-text reports for eligibility.
1,093 records were screened in duplicate.
The searches of Scopus, PsycInfo and Web of Science identified 1,550 records.
We excluded 60 reports.
Twenty-three studies met the inclusion criteria.
"""


@pytest.mark.parametrize("sentence", WHOLES.splitlines())
def test_counts_of_the_whole_are(sentence: str) -> None:
    assert len(alarms(sentence, NUMBERS)) == 1


COHERENT = """\
5 of the 10 items, 80% of patients endorsed at least one.
We found no significant effect in adolescents, but in adults it was g = 0.40 [0.20, 0.60].
Effects did not differ significantly from those at post-treatment (g = 0.41 [0.27, 0.54]).
Age did not moderate the effect (g = 0.41 [0.27, 0.54]).
There was no evidence that effects diminished over time (g = 0.41 [0.27, 0.54]).
Baseline severity significantly moderated the effect (g = 0.10 [-0.10, 0.30]).
The effect in adults was significantly larger than in adolescents (g = 0.10 [-0.10, 0.30]).
The median effect was g = 0.40 [0.10, 0.90].
Effects ranged from d = 0.20 (0.01 to 0.80).
The posterior mean was d = 0.40 (95% CrI 0.10 to 0.90).
Depression improved significantly at post (g = 0.40 [0.20, 0.60]) but not at follow-up.
The difference was not significant for anxiety, g = 0.10, 95% CI [-0.10, 0.30], but it was for depression.
Although not significant, the effect favoured treatment (g = 0.10 [-0.10, 0.30]).
Significant heterogeneity was found, Q(8) = 24.0, p = .002, I2 = 67%, around g = 0.10 [-0.10, 0.30].
The two groups did not differ at baseline, and at post the effect was g = 0.40 [0.20, 0.60].
Of 120 participants, 60 were women (55% in the control group).
Overall, 9 of 17 studies (53%) and 12 of 20 reports (60.0%) were from Europe.
Response was 45 of 90 (50%) vs. 30 of 88 (34.1%), RR = 1.47 (95% CI 1.03 to 2.09).
The Tau-U was .35, 90% CI [.10, .60].
p values were corrected (Holm); t(58) = 2.10, p = .040; F(1, 58) = 4.41, p = .040; r(28) = .45, p = .013; chi2(3) = 7.80, p = .050.
In 2020, 5 (20%) of 25 clinics took part; in 2021, 10 of 25 (40%).
The change was M = -4.2 (SD = 6.1), t(59) = 5.33, p < .001, d = 0.69, 95% CI [0.41, 0.97].
With a fixed-effect model, OR = 1.50 (95% CI 1.10-2.05); with a random-effects model, OR = 1.62 (1.02-2.57), p = .04.
The ICC was .05 (95% CI .02 to .12) and Cronbach's alpha = .89 [.85, .92].
Table 3 gives d = 0.35 (0.12, 0.58)a and b = -0.02 (SE = 0.01, p = .04).
The trial (NCT01234567) ran from 2010 to 2014 (N = 300; 150 per arm); 20% dropped out.
We used a threshold of p < .10 for Egger's test, and k >= 10 for funnel plots.
The risk ratio was 0.80 (95% CI 0.65 to 0.98, P = 0.03), the NNT 12 (95% CI 7 to 120).
Hazard ratio 0.66, 95% CI 0.52 to 0.84; log-rank p = .0007.
Egger's intercept was 1.20 (95% CI -0.40 to 2.80), p = .12.
The estimate was beta = .21, SE = .08, p = .009, 95% CI [.05, .37].
After Bonferroni correction, g = 0.30 [0.02, 0.58] was no longer significant (p = .11).
The difference was significant in one-sided tests (g = 0.30 [-0.02, 0.62], p = .033).
The adjusted p value of g = 0.30 [0.05, 0.55] was p = .06.
"""


@pytest.mark.parametrize("sentence", COHERENT.splitlines())
def test_what_belongs_together_gives_no_alarm(sentence: str) -> None:
    assert alarms(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "We found no significant effect in adults, g = 0.40 [0.20, 0.60], but one in adolescents.",
        "The effect was significant, g = 0.10, 95% CI [-0.10, 0.30], whereas that on anxiety was not.",
        "It was d = 0.35 (0.12, 0.58), p = .04, and b = -0.02 (SE = 0.01, p = .04).",
        "The posterior mean was d = 0.95 (95% CrI 0.10 to 0.90).",
        "Five of 10 items (80%) were endorsed.",
        "F(1, 58) = 4.41, p = .004.",
    ],
)
def test_what_cannot_belong_together_does(sentence: str) -> None:
    assert len(alarms(sentence)) == 1


MANUSCRIPT = """\
---
title: "Internet-delivered therapy: 25 studies"
---
# Abstract

**Objective:** To estimate effects of internet-delivered treatment in 1,234 adults (aged 18–65 years). **Method:** We searched Scopus, APA PsycInfo and Web of Science (inception to 30 September 2025; PROSPERO CRD42021234567; OSF https://doi.org/10.17605/OSF.IO/AB3D9). Two reviewers screened 1,039 records and read 88 reports in full. **Results:** Seventeen studies (*N* = 2,431) were included, nine of them in the meta-analysis (*n* = 1,180). Treatment reduced symptoms, *g* = 0.41, 95% CI [0.27, 0.54], *p* < .001, *I*^2^ = 0%, but not functioning, *g* = 0.08 [−0.10, 0.26], *p* = .38. **Conclusions:** Effects were small to moderate.

# Method

The study was approved by the ethics committee of the University (approval no. 2019-0123-45; 12 March 2019) and conducted between 1 January 2018 and 31 December 2020. The BDI-II has 21 items scored 0–3; scores of 14–19, 20–28 and 29–63 denote mild, moderate and severe depression. Significance was set at *p* < .05 (two-sided); for Egger's test, *p* < .10 was used. We planned 5 sensitivity analyses, and excluded studies with fewer than 10 participants per arm. Heterogeneity was judged as low (*I*^2^ = 25%), moderate (*I*^2^ = 50%) or high (*I*^2^ = 75%) (Higgins et al., 2003). Analyses used metafor 4.4-0 (Viechtbauer, 2010) in R 4.3.2. Assuming a correlation of *r* = .50 between pre and post, as others did (Cuijpers et al., 2016). A minimum of *k* = 4 studies was needed for each subgroup. Effects of 0.2, 0.5 and 0.8 are small, medium and large (Cohen, 1988).

We expected a power of 80% to find *g* = 0.20 with 10 studies of 40 participants per group. In an earlier review of 23 trials (Smith & Jones, 2019), *d* = 0.55 (95% CI 0.40 to 0.70). In their meta-analysis, Cuijpers et al. (2020) included 385 comparisons with 33,000 patients.

# Results

The searches identified 1,520 records; after removal of 481 duplicates, 1,039 records were screened and 945 were excluded. Of 94 reports sought, six could not be retrieved. We assessed 88 reports, and excluded 71 (e.g., wrong population, *n* = 23; no control group, *n* = 19). Kappa was .78 (95% CI .71 to .85) for titles and .83 for full texts (agreement 96.4%).

Eleven of the 17 studies (65%) were from Europe, four (24%) from North America and two (12%) from Asia. The mean age was 38.2 years (*SD* = 11.4; range = 18–71), and 68% were women. Attrition was 12% (range 0%–31%). Eight studies (47%) were at high risk of bias, eight (47%) at moderate and one (6%) at low risk.

The pooled effect was significant, *g* = 0.41, 95% CI [0.27, 0.54], *z* = 5.95, *p* < .001, and heterogeneity was not, *Q*(8) = 6.21, *p* = .62, *I*^2^ = 0% [0%, 65%], τ² = 0.00. The 95% prediction interval ranged from 0.27 to 0.54. Without high risk of bias (*k* = 4), the effect was *g* = 0.35 (95% CI 0.12 to 0.58; *p* = .003). The effect did not differ between adults (*k* = 5; *g* = 0.44 [0.24, 0.64]) and adolescents (*k* = 4; *g* = 0.37 [0.13, 0.61]), *Q*~between~(1) = 0.19, *p* = .66. Neither age (*b* = 0.01, 95% CI [−0.02, 0.04], *p* = .51) nor gender (*b* = 0.002, 95% CI [−0.005, 0.009], *p* = .58) moderated the effect. Egger's test was not significant, *t*(7) = 1.12, *p* = .30. Trim and fill imputed two studies, which reduced the effect to *g* = 0.37, 95% CI [0.22, 0.52]. The NNT was 5 (95% CI 3 to 8). The odds of response were higher with treatment, OR = 2.10, 95% CI [1.35, 3.27], *p* = .001. Dropout did not differ, RR = 0.95 (95% CI 0.78–1.16), *p* = .61. On a 0–100 scale, the difference was 4.5 points (95% CI 1.2 to 7.8).

| Study | n | g | 95% CI | p |
|-------|---|------|--------------|------|
| Adams (2010) | 120 | 0.35 | [−0.01, 0.71] | .06 |
| Berg (2012) | 64 | 0.52 | [0.02, 1.02] | .04 |

Note. *k* = number of studies; *N* = number of participants; CI = confidence interval; *p* < .05 in bold.

# Discussion

In a one-sided test, the effect would be *t*(30) = 1.80, *p* = .041 (one-tailed). Three in four patients preferred one arm (75%; 45/60). At 12 months, 21 of 60 (35.0%) responded vs. 12 of 58 (20.7%), χ²(1, *N* = 118) = 3.01, *p* = .083. Our estimate is smaller than that of Lee (2015; *g* = 0.60 [0.45, 0.75]), who pooled 12 studies with 980 participants. Correspondence: Dr. A. Muster, 8001 Zurich, +41 44 123 45 67.

# References

Higgins, J. P. T., Thompson, S. G., Deeks, J. J., & Altman, D. G. (2003). Measuring inconsistency in meta-analyses. *BMJ*, *327*(7414), 557–560. https://doi.org/10.1136/bmj.327.7414.557

Lee, B. (2015). A meta-analysis: 12 studies included 980 patients. *J. Test. Psychol.*, *83*(4), 123–145. PMID: 12345678.
"""


def test_a_whole_manuscript_gives_no_false_alarm(tmp_path) -> None:
    (tmp_path / "paper.md").write_text(MANUSCRIPT, encoding="utf-8")
    sentences = read_sentences(tmp_path / "paper.md")
    found = check_manuscript(sentences)
    assert len(found) > 25 and set(found["verdict"]) == {"coherent"}
    against = check_manuscript(sentences, NUMBERS)
    assert against[against["verdict"].isin(ALARMS)]["stated"].tolist() == ["481 duplicates"]
