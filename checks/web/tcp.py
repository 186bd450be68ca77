"""Whether a port accepts connections."""

from collections.abc import Sequence

from pydantic import Field

from checks.family import FamilyChoice, look_over
from checks.model import Finding, Measurement, Status
from checks.network.values import Family
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.target import Host, Port, host_and_port


class Options(OptionsBase):
    host: Host
    port: Port
    family: FamilyChoice = Field("any", description="any, 4, 6, or both: one finding per family")


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    async def look(family: Family, subject: str) -> Sequence[Finding]:
        connection = await ctx.net.connect(options.host, options.port, family)
        connection.close()
        return (
            Finding(
                subject=subject,
                status=Status.OK,
                summary=f"{subject} accepts connections ({connection.connect_s * 1000:.1f} ms)",
                measurements=(Measurement(name="connect_s", value=connection.connect_s, unit="s"),),
                facts=(("Address", connection.address),),
            ),
        )

    return await look_over(options.family, _subject(options), ctx, look)


def _subject(options: Options) -> str:
    return host_and_port(options.host, options.port)


KIND = CheckKind(name="tcp", options=Options, run=run, subject=_subject, host=lambda options: options.host)
