# What every rules file uses: the review's configuration and protocol, and the paths of inputs and code.
#
# Needs: config/ of the review folder.
# Makes: REVIEW, INPUTS, SEARCHES, ANALYSES, and the functions code, optional, settings, protocol.
import sys
from pathlib import Path

WORKFLOW = Path(workflow.current_basedir).resolve().parent
if str(WORKFLOW) not in sys.path:
    sys.path.insert(0, str(WORKFLOW))

from prismake.audit.lock import hold_to_lock
from prismake.protocol.alone import hold_alone
from prismake.protocol.edited import note_results, refuse_edited_results
from prismake.protocol.inputs import Inputs, reachable_by_jobs, startable_by_jobs
from prismake.protocol.notices import notices
from prismake.protocol.resources import memory, minutes
from prismake.protocol.review import load_review

reachable_by_jobs(WORKFLOW)
startable_by_jobs()
REVIEW = load_review(Path.cwd(), config)
INPUTS = Inputs(REVIEW, WORKFLOW)
INPUTS.check_declared()
for notice in notices(REVIEW.folder):
    logger.warning(notice)
SEARCHES = REVIEW.searches
ANALYSES = sorted(REVIEW.analyses)

# code("deduplicate"): one digest of the script and every library module that it imports.
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
