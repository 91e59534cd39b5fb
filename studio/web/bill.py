"""Who makes a shoot's pictures and what they have cost, in one quiet line."""

from django.db.models import Sum

from studio.messages import dollars
from studio.models import Attempt, Shoot
from studio.web import makers


def of(shoot: Shoot) -> str:
    """`HiAPI, GPT Image 2: $0.12 spent, $0.06 held`; the embedded engine alone is named."""
    name = makers.full_name(shoot.engine, shoot.model)
    if not makers.bought(shoot.engine):
        return name
    calls = Attempt.objects.filter(render__shoot=shoot).aggregate(sum=Sum("price_charged", default=0))
    held = shoot.renders.aggregate(sum=Sum("reserved", default=0))["sum"]
    return f"{name}: {dollars(calls['sum'])} spent" + (f", {dollars(held)} held" if held else "")
