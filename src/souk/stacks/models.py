"""What stacks that were sold are made of."""

from __future__ import annotations

from django.db import models


class StackPlan(models.Model):
    """What a plan of the catalogue is made of. Kept for good: who bought it has it.

    `parts` is a list of {name, offering, offering_plan, version, blueprint, plan, size, parameters, public,
    zone, names}, as
    `contract.Part` has them beside what each was sold as; `questions` maps what is asked of whoever orders to the
    parameters that an answer is for, as lists of [part, parameter]; `schema` is the JSON Schema of the answers.
    """

    plan_id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    offering_slug = models.SlugField(max_length=60)
    version_id = models.UUIDField()
    parts = models.JSONField()
    questions = models.JSONField()
    schema = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["version_id"], name="stack_plan_version")]
