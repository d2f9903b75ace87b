# What every rules file uses: the review's configuration and protocol, and the paths of inputs and code.
#
# Needs: config/ of the review folder.
# Makes: REVIEW, INPUTS, SEARCHES, ANALYSES, and the functions code, optional, settings, protocol.
import os
import sys
from pathlib import Path

WORKFLOW = Path(workflow.current_basedir).resolve().parent
# Where the library is not installed (the workflow used as a module), it is found beside the rules, by jobs too.
if str(WORKFLOW) not in sys.path:
    sys.path.insert(0, str(WORKFLOW))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(WORKFLOW), os.environ.get("PYTHONPATH")])
    )

from prismake.protocol.inputs import Inputs
from prismake.protocol.review import load_review

REVIEW = load_review(Path.cwd(), config)
INPUTS = Inputs(REVIEW, WORKFLOW)
INPUTS.check_declared()
SEARCHES = REVIEW.searches
ANALYSES = sorted(REVIEW.analyses)

# code("deduplicate"): the script and every library module that it imports.
code = INPUTS.code
# optional("resources/x.csv"): [the path] where the file exists, else [].
optional = INPUTS.optional
# settings("deduplication.mode", extra=1): one dict of configured values.
settings = REVIEW.settings
# protocol("screening", "exclusion_reasons"): one dict of configured protocol leaves.
protocol = REVIEW.leaves


wildcard_constraints:
    search=r"[A-Za-z0-9][A-Za-z0-9_]*",
    analysis=r"[a-z0-9][a-z0-9_]*",
