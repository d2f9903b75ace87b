"""The seventeen invented studies: who was treated, how treatment was tailored, against what, and what was reported.

A design says nothing about results. `studies.py` draws those from a distribution that was fixed beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Arm:
    """One arm of a trial. `role` is the word of the protocol's comparisons."""

    arm_id: str
    condition: str
    role: str
    randomised: int


@dataclass(frozen=True)
class Design:
    """One study. `shape` says which statistics its report prints, `outcomes` which constructs it measured and
    `follow_ups` when it measured again after the end of treatment (weeks)."""

    study_id: str
    year: int
    country: str
    tailoring: str
    intervention: str
    condition: str
    setting: str
    arms: tuple[Arm, ...]
    outcomes: tuple[str, ...]
    shape: str
    follow_ups: tuple[int, ...] = ()
    reports: tuple[str, ...] = ("trial",)
    found_by: dict[str, str] = field(default_factory=dict)  # report -> other method by which it was found
    cluster_size: float = 0.0
    not_pooled: str = ""


def _two(intervention: str, comparator: str, role: str, n1: int, n2: int) -> tuple[Arm, ...]:
    return Arm("a", intervention, "personalised", n1), Arm("b", comparator, role, n2)


CHOICE = "choice between two treatments"
FEEDBACK = "alliance feedback to the therapist after each session"
MODULES = "modules selected by symptom profile"
ADAPTED = "delivery adapted to age and culture"

DESIGNS = (
    Design(
        "S01",
        2014,
        "Netherlands",
        "preference",
        CHOICE,
        "depression",
        "outpatient clinics",
        _two(CHOICE, "cognitive therapy by manual", "standardised", 104, 101),
        ("depression", "anxiety"),
        "mean_sd",
        (26, 52),
        ("trial", "follow_up"),
    ),
    Design(
        "S02",
        2015,
        "United Kingdom",
        "alliance",
        FEEDBACK,
        "mixed anxiety and depression",
        "stepped care",
        _two(FEEDBACK, "stepped care without feedback", "standardised", 248, 255),
        ("depression", "anxiety", "functioning"),
        "mean_sd",
        (26,),
        ("trial", "costs"),
    ),
    Design(
        "S03",
        2016,
        "Germany",
        "clinical characteristics",
        MODULES,
        "depression",
        "day hospitals",
        _two(MODULES, "group programme by manual", "standardised", 61, 63),
        ("depression",),
        "mean_se",
        (26,),
    ),
    Design(
        "S04",
        2017,
        "United States",
        "preference",
        CHOICE,
        "panic disorder",
        "training clinics",
        (
            Arm("a", "choice of treatment", "personalised", 58),
            Arm("b", "choice of therapist", "personalised", 60),
            Arm("c", "exposure therapy by manual", "standardised", 57),
        ),
        ("anxiety", "depression"),
        "mean_sd",
        (),
        ("trial", "conference"),
    ),
    Design(
        "S05",
        2018,
        "Sweden",
        "demographics",
        ADAPTED,
        "late-life depression",
        "primary care",
        _two(ADAPTED, "behavioural activation by manual", "standardised", 77, 74),
        ("depression", "anxiety"),
        "mean_sd",
        (26, 52),
    ),
    Design(
        "S06",
        2018,
        "Canada",
        "clinical characteristics",
        "stratified care",
        "depression",
        "health centres",
        _two("stratified care", "stepped care", "standardised", 180, 174),
        ("depression", "anxiety"),
        "mean_sd",
        (52,),
        ("trial", "mediators"),
        {"mediators": "citation"},
        8.2,
    ),
    Design(
        "S07",
        2019,
        "Spain",
        "alliance",
        FEEDBACK,
        "depression",
        "community teams",
        _two(FEEDBACK, "interpersonal therapy by manual", "standardised", 46, 44),
        ("depression",),
        "t_value",
    ),
    Design(
        "S08",
        2020,
        "Australia",
        "demographics",
        ADAPTED,
        "generalised anxiety disorder",
        "internet clinic",
        _two(ADAPTED, "internet therapy by manual", "standardised", 132, 136),
        ("anxiety", "depression", "response"),
        "mean_sd",
        (26,),
    ),
    Design(
        "S09",
        2022,
        "Japan",
        "clinical characteristics",
        "precision treatment rule",
        "depression",
        "clinics",
        _two("precision treatment rule", "cognitive therapy by manual", "standardised", 89, 92),
        ("depression", "anxiety"),
        "mean_ci",
        (26, 52),
    ),
    Design(
        "S10",
        2013,
        "Norway",
        "preference",
        CHOICE,
        "depression",
        "primary care",
        _two(CHOICE, "usual care by the general practitioner", "usual_care", 70, 72),
        ("depression",),
        "mean_sd",
        not_pooled="Compared with usual care, not with standardised treatment.",
    ),
    Design(
        "S11",
        2016,
        "Denmark",
        "alliance",
        FEEDBACK,
        "eating disorders",
        "outpatient clinics",
        _two(FEEDBACK, "usual care", "usual_care", 66, 64),
        ("depression", "functioning"),
        "mean_sd",
        (),
        ("trial", "unpublished"),
        {"unpublished": "contact"},
        not_pooled="Compared with usual care, not with standardised treatment.",
    ),
    Design(
        "S12",
        2017,
        "Italy",
        "clinical characteristics",
        MODULES,
        "social anxiety disorder",
        "internet clinic",
        _two(MODULES, "waiting list", "waiting_list", 51, 50),
        ("anxiety",),
        "mean_sd",
        not_pooled="Compared with a waiting list, not with standardised treatment.",
    ),
    Design(
        "S13",
        2019,
        "South Africa",
        "demographics",
        ADAPTED,
        "perinatal depression",
        "maternity services",
        _two(ADAPTED, "waiting list", "waiting_list", 83, 80),
        ("response",),
        "events",
        not_pooled="Compared with a waiting list, not with standardised treatment.",
    ),
    Design(
        "S14",
        2021,
        "France",
        "clinical characteristics",
        "goal-based selection",
        "adolescent depression",
        "school services",
        _two("goal-based selection", "usual care at school", "usual_care", 48, 47),
        ("depression", "anxiety"),
        "mean_sd",
        not_pooled="Compared with usual care, not with standardised treatment.",
    ),
    Design(
        "S15",
        2012,
        "Israel",
        "preference",
        CHOICE,
        "post-traumatic stress disorder",
        "veterans' clinics",
        _two(CHOICE, "exposure therapy by manual", "standardised", 35, 36),
        ("depression",),
        "direction",
        not_pooled="No numbers reported, only that the arms did not differ.",
    ),
    Design(
        "S16",
        2020,
        "Belgium",
        "alliance",
        FEEDBACK,
        "personality disorder",
        "day hospitals",
        _two(FEEDBACK, "day hospital programme by manual", "standardised", 54, 55),
        ("alliance",),
        "mean_sd",
        not_pooled="No symptom outcome; the working alliance only.",
    ),
    Design(
        "S17",
        2022,
        "Brazil",
        "clinical characteristics",
        MODULES,
        "chronic insomnia with low mood",
        "primary care",
        _two(MODULES, "sleep programme by manual", "standardised", 64, 62),
        ("functioning",),
        "mean_sd",
        (),
        ("trial",),
        {"trial": "citation"},
        not_pooled="No symptom outcome; daily functioning only.",
    ),
)
POOLED = tuple(design.study_id for design in DESIGNS if not design.not_pooled)

REPORT_TITLES = {
    "trial": "{intervention} compared with {comparator} for {condition} in {setting}: a randomised trial",
    "follow_up": "One year after {intervention} for {condition}: long-term outcome of a randomised trial in {country}",
    "costs": "Costs and benefits of {intervention} in {setting}: economic evaluation beside a randomised trial",
    "conference": "{intervention} for {condition}: first results of a three-arm trial [Conference abstract]",
    "mediators": "What carries the effect of {intervention}? Mediation analysis of a cluster-randomised trial",
    "unpublished": "Additional outcome data of the trial of {intervention} in {condition} [Unpublished data file]",
}
