"""Checks objects of KEDA and the Prometheus Operator, given as JSON, with models made from their schemas.

The tools' Python runs it. The models ignore fields that they do not know, so an object must come out as it
went in.
"""

import json
import sys

from cloudcoil.models.keda import v1alpha1  # type: ignore[import-not-found]
from cloudcoil.models.prometheus_operator import v1  # type: ignore[import-not-found]

MODELS = {"keda.sh/v1alpha1": v1alpha1, "monitoring.coreos.com/v1": v1}

for document in json.load(sys.stdin):
    model = getattr(MODELS[document["apiVersion"]], document["kind"])
    known = model.model_validate(document).model_dump(by_alias=True, exclude_none=True, mode="json")
    if known != document:
        sys.exit(f"{document['kind']} {document['metadata']['name']}: a field of {document} would be dropped")
